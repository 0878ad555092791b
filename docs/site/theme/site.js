// The search, the buttons that copy commands, and the lists that are open where there is room.
// Without a script the pages lack only these. It works from files, where nothing can be fetched.
"use strict";

const top_url = document.body.dataset.top;
const MOST_HITS = 40;

// make("p", { title: "x" }, children…)
function make(name, properties, ...children)
{
	const element = Object.assign(document.createElement(name), properties);
	element.append(...children);
	return element;
}

// -- lists ---------------------------------------------------------------------------------

for (const details of document.querySelectorAll("details[data-open]")) {
	const wide = matchMedia(details.dataset.open);
	const follow = () => { details.open = wide.matches; };
	wide.addEventListener("change", follow);
	follow();
}

// -- copying -------------------------------------------------------------------------------

// In a console the commands without their prompts, elsewhere everything.
function text_to_copy(code)
{
	const commands = [...code.querySelectorAll(".command")];
	if (commands.length == 0)
		return code.textContent;
	return commands.map((line) => line.textContent.slice(2)).join("");
}

async function copy(text)
{
	if (navigator.clipboard)
		return navigator.clipboard.writeText(text);
	// Over plain HTTP there is no clipboard.
	const area = make("textarea", { value: text });
	document.body.append(area);
	area.select();
	const copied = document.execCommand("copy");
	area.remove();
	if (!copied)
		throw new Error("the browser refuses to copy");
}

for (const block of document.querySelectorAll(".code")) {
	const button = make("button", { type: "button", className: "copy" }, "Copy");
	button.addEventListener("click", async () => {
		try {
			await copy(text_to_copy(block.querySelector("code")));
			button.textContent = "Copied";
		} catch {
			button.textContent = "Not copied";
		}
		setTimeout(() => { button.textContent = "Copy"; }, 2000);
	});
	block.querySelector("pre").prepend(button);
}

// -- search --------------------------------------------------------------------------------

const form = document.querySelector("form[role=search]");
const input = document.getElementById("search");
const results = document.getElementById("results");
// An entry for each section: { page, title, text, location }.
let entries = null;

// search/index.js sets search_index. Entries without an anchor are whole pages; their sections
// have the same text again.
function load_index()
{
	const script = make("script", { src: `${top_url}/search/index.js` });
	script.addEventListener("load", () => {
		const pages = new Map();
		for (const entry of search_index.docs)
			if (!entry.location.includes("#"))
				pages.set(entry.location, entry.title);
		entries = search_index.docs.map((entry) => {
			const page = pages.get(entry.location.split("#")[0]);
			const whole = !entry.location.includes("#");
			return { page, title: plain(entry.title), text: whole ? "" : entry.text, location: entry.location };
		});
		show();
	});
	document.head.append(script);
}

// Titles have entities.
function plain(title)
{
	return new DOMParser().parseFromString(title, "text/html").body.textContent;
}

// How well an entry fits; 0 if it lacks one of the words.
function score(entry, words)
{
	const title = entry.title.toLowerCase();
	const page = entry.page.toLowerCase();
	const text = entry.text.toLowerCase();
	let sum = 0;
	for (const word of words) {
		const found = 8 * title.includes(word) + 4 * (title.split(/\W+/)[0] == word) +
			2 * page.includes(word) + Math.min(text.split(word).length - 1, 5);
		if (!found)
			return 0;
		sum += found;
	}
	return sum + 6 * text.includes(words.join(" "));
}

// The text around the first word, with all words marked.
function excerpt(text, words)
{
	const at = Math.max(0, text.toLowerCase().indexOf(words[0]));
	const from = at < 60 ? 0 : text.indexOf(" ", at - 60) + 1;
	const part = text.slice(from, from + 180);
	const pattern = words.map((word) => word.replace(/[^\w]/g, "\\$&")).join("|");
	const pieces = part.split(new RegExp(`(${pattern})`, "i"));
	return make("p", {}, from > 0 ? "… " : "",
		...pieces.map((piece, number) => number % 2 ? make("mark", {}, piece) : piece), " …");
}

function hit(entry, words)
{
	const name = entry.title == entry.page ? entry.page : `${entry.page}: ${entry.title}`;
	const link = make("a", { href: `${top_url}/${entry.location}` }, name);
	link.addEventListener("click", () => { results.hidden = true; });
	return make("li", {}, link, entry.text ? excerpt(entry.text, words) : "");
}

function show()
{
	const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
	results.hidden = words.join("").length < 2;
	if (results.hidden)
		return;
	if (!entries) {
		results.replaceChildren(make("p", {}, "Reading the index …"));
		return;
	}
	const found = entries.map((entry) => ({ entry, score: score(entry, words) }))
		.filter((one) => one.score > 0)
		.sort((one, other) => other.score - one.score);
	const shown = found.slice(0, MOST_HITS);
	let count = `${found.length} places`;
	if (found.length == 0)
		count = `Nothing is found for “${input.value.trim()}”. Try fewer or other words.`;
	else if (found.length == 1)
		count = "1 place";
	else if (shown.length < found.length)
		count += `, of which these fit best`;
	results.replaceChildren(make("p", { role: "status" }, count),
		make("ol", {}, ...shown.map((one) => hit(one.entry, words))));
	results.scrollTop = 0;
}

input.addEventListener("focus", load_index, { once: true });
input.addEventListener("focus", show);
input.addEventListener("input", show);
form.addEventListener("submit", (event) => {
	event.preventDefault();
	results.querySelector("a")?.click();
});
document.addEventListener("keydown", (event) => {
	if (event.key == "Escape")
		results.hidden = true;
	if (event.key == "/" && document.activeElement != input) {
		event.preventDefault();
		input.focus();
	}
});
document.addEventListener("click", (event) => {
	if (!event.target.closest("header"))
		results.hidden = true;
});
form.hidden = false;
