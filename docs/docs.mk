# The manual pages, made from docs/*.scd by scdoc, and the drawing of docs/design.md.
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

.PHONY: man diagrams
