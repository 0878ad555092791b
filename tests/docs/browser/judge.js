// judge.js SITE [--pictures DIR] [PAGE…]: opens the static pages in SITE, or those named, as files in
// Chromium, on a desktop and on a telephone, in the light and in the dark scheme, and judges what a
// reader gets. DIR gets a picture of each.
"use strict";

const fs = require("fs");
const path = require("path");
const { pathToFileURL } = require("url");
const { chromium } = require("playwright-core");
const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const WIDTHS = { desktop: 1280, telephone: 390 };
const SCHEMES = ["light", "dark"];
const CODE_SIZE = 14;
// In pixels, for the letters of a picture.
const LEAST_LETTERS = 9;

let judged = 0;
let failed = 0;

// judge("what holds", faults): passes without faults.
function judge(what, faults)
{
	judged++;
	if (faults.length == 0)
		return;
	failed++;
	console.log(`FAILED: ${what}`);
	for (const fault of faults.slice(0, 8))
		console.log(`    ${fault}`);
}

function list_pages(site)
{
	return fs.readdirSync(site, { recursive: true }).filter((name) => name.endsWith(".html")).sort();
}

// -- what is judged in the browser: these run there -----------------------------------------

function find_cut()
{
	const faults = [];
	const root = document.documentElement;
	if (root.scrollWidth > innerWidth)
		faults.push(`the page is ${root.scrollWidth} pixels wide`);
	for (const part of document.querySelectorAll("pre, table, td, th, h1, h2, h3, h4, p, li")) {
		const box = part.getBoundingClientRect();
		if (part.scrollWidth > part.clientWidth + 1 && getComputedStyle(part).display != "inline")
			faults.push(`<${part.localName}> has to be scrolled: ${part.textContent.trim().slice(0, 60)}`);
		else if (box.width && box.right > innerWidth + 1)
			faults.push(`<${part.localName}> is cut: ${part.textContent.trim().slice(0, 60)}`);
	}
	return faults;
}

function find_small_code(size)
{
	return [...document.querySelectorAll("pre code")].map((code) => parseFloat(getComputedStyle(code).fontSize))
		.filter((pixels) => pixels < size).map((pixels) => `code has ${pixels} pixels`);
}

function find_flat_blocks()
{
	return [...document.querySelectorAll(".manual dd, .manual .Bd-indent")]
		.filter((block) => parseFloat(getComputedStyle(block).marginLeft) <= 0)
		.map((block) => `not indented: ${block.textContent.trim().slice(0, 60)}`);
}

function list_pictures()
{
	return [...document.images].map((image) => ({
		source: image.currentSrc,
		loaded: image.complete && image.naturalWidth > 0,
		width: image.getBoundingClientRect().width,
	}));
}

async function run_axe()
{
	const result = await axe.run(document, {
		runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"],
		// A page that is opened as a file may not read its style sheet.
		preload: false,
	});
	return result.violations.filter((rule) => ["serious", "critical"].includes(rule.impact))
		.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.target.join(" ")}: ${
			[...node.any, ...node.all, ...node.none].map((check) => check.message)[0]}`));
}

// -- pages -----------------------------------------------------------------------------------

function find_bad_pictures(pictures)
{
	const faults = [];
	for (const picture of pictures) {
		const name = path.basename(picture.source);
		if (!picture.loaded) {
			faults.push(`${name} is not shown`);
			continue;
		}
		const text = fs.readFileSync(new URL(picture.source), "utf8");
		const width = Number(/viewBox="[\d.]+ [\d.]+ ([\d.]+)/.exec(text)[1]);
		const sizes = [...text.matchAll(/font-size(?::|=")\s*([\d.]+)/g)].map((found) => Number(found[1]));
		const letters = Math.min(...sizes) * picture.width / width;
		if (!(letters >= LEAST_LETTERS))
			faults.push(`${name} has letters of ${letters.toFixed(1)} pixels`);
	}
	return faults;
}

async function judge_page(tab, site, name, pictures)
{
	const errors = [];
	const note = (error) => errors.push(error.text ? error.text() : error.message);
	const on_console = (message) => { if (message.type() == "error") note(message); };
	tab.on("console", on_console);
	tab.on("pageerror", note);
	await tab.goto(pathToFileURL(path.join(site, name)).href);
	await tab.evaluate(axe);
	for (const [device, width] of Object.entries(WIDTHS)) {
		await tab.setViewportSize({ width, height: 900 });
		for (const scheme of SCHEMES) {
			await tab.emulateMedia({ colorScheme: scheme });
			const where = `${name}, ${width} pixels, ${scheme}`;
			judge(`${where}: the rules of axe`, await tab.evaluate(run_axe));
			if (pictures) {
				const file = `${name.replace(/\W/g, "-")}-${device}-${scheme}.png`;
				await tab.screenshot({ path: path.join(pictures, file), fullPage: true });
			}
		}
		const where = `${name}, ${width} pixels`;
		judge(`${where}: nothing is cut or has to be scrolled sideways`, await tab.evaluate(find_cut));
		judge(`${where}: pictures can be read`, find_bad_pictures(await tab.evaluate(list_pictures)));
		judge(`${where}: the size of code`, await tab.evaluate(find_small_code, CODE_SIZE));
		judge(`${where}: manual pages are indented`, await tab.evaluate(find_flat_blocks));
	}
	judge(`${name}: no errors`, errors);
	tab.off("console", on_console);
	tab.off("pageerror", note);
}

// -- what a reader does -----------------------------------------------------------------------

async function search(tab, words)
{
	await tab.fill("#search", words);
	await tab.waitForFunction(() => document.querySelector("#results [role=status]"), null, { timeout: 5000 });
	return tab.evaluate(() => ({
		says: document.querySelector("#results [role=status]").textContent,
		hits: [...document.querySelectorAll("#results li a")].map((hit) => hit.textContent),
	}));
}

async function judge_search(tab, site, name)
{
	await tab.setViewportSize({ width: WIDTHS.desktop, height: 900 });
	await tab.goto(pathToFileURL(path.join(site, name)).href);
	const what = `${name}: the search`;
	try {
		const { hits } = await search(tab, "passthru.timeout");
		judge(`${what} names the page of a hit`,
			hits.some((hit) => hit.startsWith("passthru-cmdline(7): ")) ? [] : hits.concat("no such hit"));
		await tab.evaluate(axe);
		judge(`${what}: the rules of axe`, await tab.evaluate(run_axe));
		await tab.press("#search", "Enter");
		await tab.waitForURL((url) => url.hash != "", { timeout: 5000 });
		const there = await tab.evaluate(() => !!document.getElementById(decodeURIComponent(location.hash.slice(1))));
		judge(`${what} leads to the hit`, there ? [] : [tab.url()]);
		const none = await search(tab, "xyzzy-plugh");
		judge(`${what} says that there is nothing`,
			none.hits.length == 0 && /^Nothing is found/.test(none.says) ? [] : [none.says]);
	} catch (error) {
		judge(`${what} answers`, [error.message.split("\n")[0]]);
	}
}

// Every button copies; in a console the commands without prompts and output.
async function judge_copies(tab, site, name)
{
	await tab.goto(pathToFileURL(path.join(site, name)).href);
	const faults = [];
	for (const block of await tab.locator(".code").all()) {
		const shown = (await block.locator("code").textContent()).trimEnd();
		const commands = shown.split("\n").filter((line) => /^[#$] /.test(line)).map((line) => line.slice(2));
		const console = await block.locator("code.console").count();
		const expected = console ? commands.join("\n") : shown;
		try {
			await block.locator("button").click({ timeout: 2000 });
			await block.locator("button:text('Copied')").waitFor({ timeout: 2000 });
		} catch (error) {
			faults.push(`no button that copies: ${shown.slice(0, 60)}`);
			continue;
		}
		const copied = (await tab.evaluate(() => navigator.clipboard.readText())).trimEnd();
		if (copied != expected)
			faults.push(`copied ${JSON.stringify(copied)}, not ${JSON.stringify(expected)}`);
	}
	judge(`${name}: the buttons copy`, faults);
}

async function main(site, ...rest)
{
	const pictures = rest[0] == "--pictures" ? rest.splice(0, 2)[1] : null;
	const pages = rest.length ? rest : list_pages(site);
	// One beside the index and one in a folder.
	const searched = [false, true].map((deep) => pages.find((name) => name.includes("/") == deep));
	const browser = await chromium.launch({ executablePath: process.env.CHROMIUM });
	const context = await browser.newContext({ permissions: ["clipboard-read", "clipboard-write"] });
	const tab = await context.newPage();
	for (const name of pages) {
		await judge_page(tab, site, name, pictures);
		if (searched.includes(name))
			await judge_search(tab, site, name);
		await judge_copies(tab, site, name);
	}
	await browser.close();
	console.log(`browser: ${pages.length} pages, ${judged} judged, ${failed} failed`);
	process.exitCode = failed || judged == 0 ? 1 : 0;
}

main(...process.argv.slice(2)).catch((error) => {
	console.log(`FAILED: ${error.stack}`);
	process.exitCode = 1;
});
