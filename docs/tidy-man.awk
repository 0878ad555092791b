# Tidies what scdoc writes. Before the end of a block it puts .P, which mandoc skips, so that
# no blank line separates two options: .P moves to where the next paragraph begins, and goes
# away next to a heading. .TH turns hyphenation on again, which breaks option names.

/^\.P$/ { is_pending = 1; next }
/^\.RE$/ { print; next }
/^\.S[HS]/ || is_after_heading { is_pending = 0 }
is_pending { print ".P"; is_pending = 0 }
{ print; is_after_heading = /^\.(SH|SS|TH)/ }
/^\.TH/ { print ".nh" }
