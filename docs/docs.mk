# The documentation: manual pages, made from docs/*.scd by scdoc; drawings; static pages.
#
#   docs                the static pages, in $(BUILD)/site
#   check-docs          its links, its examples of XML, the pictures of terminals
#   check-walkthroughs  the pages of docs/guide, followed in virtual machines
#
# Out: MAN_PAGES, the built pages.

MAN_DIR := $(BUILD)/man
MAN_PAGES := $(addprefix $(MAN_DIR)/,passthru.8 passthru-cmdline.7 passthru-early.8 \
	passthru-report.5)

man: $(MAN_PAGES)

# A page has the date of the version, so that builds are reproducible.
$(MAN_DIR)/%: docs/%.scd docs/tidy-man.awk docs/docs.mk Makefile
	@mkdir -p $(@D)
	$(say) MAN $@
	command -v scdoc >/dev/null || { \
		echo "scdoc is missing; on Debian, as root: apt-get install scdoc" >&2; \
		exit 1; }
	export SOURCE_DATE_EPOCH=$$(date -u -d $(DATE) +%s) && \
	page=$$(sed 's/@VERSION@/$(VERSION)/g' $< | scdoc) && \
	printf '%s\n' "$$page" | awk -f docs/tidy-man.awk >$@

docs/%.svg: docs/%.dot
	$(say) DOT $@
	command -v dot >/dev/null || { \
		echo "dot is missing; on Debian, as root: apt-get install graphviz" >&2; \
		exit 1; }
	dot -Tsvg $< -o $@

# Not part of `make`: the drawing is kept beside its source.
diagrams: docs/design.svg

docs: man
	docs/site/build $(MAN_DIR) $(BUILD)/site

check-docs: docs host
	tests/docs/site $(BUILD)/site
	tests/docs/xml docs/guide/guest.md
	tests/docs/quotes docs/faq.md
	tests/docs/references README.md docs/*.md docs/guide/*.md
	tests/docs/pictures $(HOST)

# Some minutes, as root.
check-walkthroughs:
	tests/docs/run

.PHONY: man diagrams docs check-docs check-walkthroughs
