"""What becomes of each page after Markdown, called by mkdocs: blocks of code with prompts and
output told apart, tables that a telephone can show, pictures in two widths, and manual pages with
contents, anchors and links."""

import html
import pathlib
import posixpath
import re

from mkdocs.structure.toc import get_toc

NAME_OF_FILE = re.compile(r"\[`?((?:docs/)?[\w./-]*(?:/|\.md)[\w./-]*)`?\]\(([^)#\s]+\.md)(#[^)]*)?\)")
CODE = re.compile(r'<pre>(?:<code(?: class="language-(\w+)")?>)?(.*?)\n?(?:</code>)?</pre>', re.DOTALL)
REMARK = re.compile(r"(?<=\S)(  +)(# .*\n?)\Z")
TABLE = re.compile(r"<table>.*?</table>", re.DOTALL)
IMAGE = re.compile(r'(?:<p>)?(<img [^>]*src="([^"]+)"[^>]*>)(?:</p>)?')
MANUAL_LINK = re.compile(r"<b>(passthru[a-z-]*)</b>\((\d)\)")
# A heading of mandoc, a term, the block that explains it, or the end of one.
MANUAL_PART = re.compile(
    r'<(?P<level>h[23])[^>]* id="(?P<id>[^"]+)">(?P<title>.*?)</(?P=level)>|'
    r'<p class="Pp">(?P<term>(?:(?!</p>).)*)</p>(?=\s*<div class="Bd-indent">)|'
    r"(?P<open><div[^>]*>)|(?P<close></div>)", re.DOTALL)


def plain(text):
    """Without elements, on one line."""
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", "", text)).strip()


def title_of(file):
    text = pathlib.Path(file.abs_src_path).read_text(encoding="utf-8")
    return re.search(r"^# (.*)", text, re.MULTILINE)[1]


def on_page_markdown(markdown, page, files, **_):
    """A link whose text is the name of a file gets the title of its page."""
    def name(link):
        path = posixpath.normpath(posixpath.join(posixpath.dirname(page.file.src_uri), link[2]))
        file = files.get_file_from_path(path)
        return f"[{title_of(file)}]({link[2]}{link[3] or ''})" if file else link[0]
    return NAME_OF_FILE.sub(name, markdown)


def hang(line):
    """Where a line goes on if it is too long: as on a terminal, below what follows its first column
    or the address of a device; or below its remark."""
    remark = REMARK.search(line)
    if remark:
        return remark.start(2) + 2
    column = re.match(r" +(?:[0-9a-f:]+\.[0-7] )?|\S+(?: \S+)?  +(?=\S)", line)
    return len(column[0]) if column and len(column[0]) < 24 else 2


def code(block):
    """A block of code, line by line: in a console, commands begin with a prompt."""
    language, text = block[1] or "", block[2]
    lines = []
    for line in text.split("\n"):
        kind, shown = "line", line + "\n"
        if language == "console":
            kind = "line output"
            if line.startswith(("# ", "$ ")):
                kind, shown = "line command", f'<span class="prompt">{line[:2]}</span>{line[2:]}\n'
        else:
            shown = REMARK.sub(r'<span class="gap">\1</span><span class="remark">\2</span>', shown)
        lines.append(f'<span class="{kind}" style="--hang: {hang(html.unescape(line))}">{shown}</span>')
    return f'<div class="code"><pre><code class="{language}">{"".join(lines)}</code></pre></div>'


def table(found):
    """Each cell knows its column's title, for narrow screens; a head without titles goes."""
    titles = re.findall(r"<th[^>]*>(.*?)</th>", found[0], re.DOTALL)
    titles = [plain(title).replace('"', "&quot;") for title in titles]
    text = found[0]
    if not any(titles):
        text = re.sub(r"<thead>.*?</thead>\s*", "", text, flags=re.DOTALL)

    def row(cells):
        columns = iter(titles)
        return re.sub("<td", lambda _: f'<td data-title="{next(columns, "")}"', cells[0])
    return re.sub(r"<tr>.*?</tr>", row, text, flags=re.DOTALL)


def picture(page, files):
    """Pictures of terminals have a narrow one beside them; others lead to the picture alone."""
    def figure(image):
        here = posixpath.dirname(page.file.src_uri)
        narrow = image[2].replace(".svg", "-narrow.svg")
        if files.get_file_from_path(posixpath.normpath(posixpath.join(here, narrow))):
            shown = (f'<picture><source media="(max-width: 40em)" srcset="{narrow}">'
                     f"{image[1]}</picture>")
        else:
            shown = f'<a href="{image[2]}">{image[1]}</a>'
        name = posixpath.basename(image[2]).removesuffix(".svg")
        return f'<figure class="{name}">{shown}</figure>'
    return figure


def heading(level, kind, name, content):
    link = f'<a class="headerlink" href="#{name}" title="Permanent link">#</a>'
    return f'<h{level} class="{kind}" id="{name}">{content}{link}</h{level}>'


def manual(text, page):
    """Terms get anchors, and those that are not inside another one become headings."""
    used, tokens, depth, level = set(), [], 0, 2

    def anchor(term):
        # An option is known by its long name.
        first = re.search(r"<b>(--.*?)</b>", term, re.DOTALL) if term.startswith("<b>-") else None
        first = first or re.search(r"<b>(.*?)</b>", term, re.DOTALL)
        words = html.unescape(plain(first[1] if first else term))
        name = re.sub(r"[^\w.]+", "-", words.lower()).strip("-.") or "term"
        number = 1
        while (unique := name if number == 1 else f"{name}-{number}") in used:
            number += 1
        used.add(unique)
        return unique

    def part(found):
        nonlocal depth, level
        if found["open"] or found["close"]:
            depth += 1 if found["open"] else -1
            return found[0]
        if found["level"]:
            used.add(found["id"])
            level = int(found["level"][1])
            title = plain(found["title"])
            tokens.append({"level": level, "id": found["id"], "name": title, "children": []})
            return heading(level, "section", found["id"], title)
        # mandoc has an empty one before an example.
        if not found["term"]:
            return ""
        name = anchor(found["term"])
        # Within <div class="manual"> and <div class="manual-text">.
        if depth > 2:
            return f'<p class="term" id="{name}">{found["term"]}</p>'
        tokens.append({"level": level + 1, "id": name, "name": plain(found["term"]), "children": []})
        return heading(level + 1, "term", name, found["term"])

    text = MANUAL_PART.sub(part, text)
    above = [{"level": 1, "children": []}]
    for token in tokens:
        while above[-1]["level"] >= token["level"]:
            above.pop()
        above[-1]["children"].append(token)
        above.append(token)
    page.toc = get_toc(above[0]["children"])
    return MANUAL_LINK.sub(r'<a href="\1.\2.html">\1(\2)</a>', text)


def on_page_content(text, page, files, **_):
    text = CODE.sub(code, text)
    if page.file.src_uri.startswith("man/"):
        return manual(text, page)
    text = TABLE.sub(table, text)
    return IMAGE.sub(picture(page, files), text)
