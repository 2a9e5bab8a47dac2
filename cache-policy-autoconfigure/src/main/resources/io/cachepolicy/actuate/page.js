'use strict';

// All that is shown is set as text: keys are what users of the application chose
const endpoint = document.currentScript.dataset.endpoint;
const REFRESH_MILLIS = 2000;
const byId = (id) => document.getElementById(id);

let shown = null;
let running = 0;
let work = Promise.resolve();

const address = (...parts) => [endpoint, ...parts.map(encodeURIComponent)].join('/');

function headers() {
	// Where Spring Security gives its token to pages by a cookie, it wants it back
	const token = document.cookie.match(/(?:^|; )XSRF-TOKEN=([^;]*)/);
	const all = { 'Accept': 'application/json', 'Content-Type': 'application/json' };
	return token ? { ...all, 'X-XSRF-TOKEN': decodeURIComponent(token[1]) } : all;
}

async function ask(method, ...parts) {
	const response = await fetch(address(...parts), { method, headers: headers(), credentials: 'same-origin' });
	if (!response.ok) {
		const reasons = {
			401: 'not logged in', 403: 'not allowed', 404: 'no longer there', 405: 'the endpoint is for reading only',
			503: 'it can not be accepted now'
		};
		throw new Error(reasons[response.status] ?? `status ${response.status}`);
	}
	return response.status === 204 ? null : response.json();
}

function element(name, text, className) {
	const created = document.createElement(name);
	created.textContent = text ?? '';
	if (className) {
		created.className = className;
	}
	return created;
}

function row(header, ...cells) {
	const created = document.createElement('tr');
	header.scope = 'row';
	created.append(header, ...cells);
	return created;
}

function button(text, label, action) {
	const created = element('button', text);
	created.type = 'button';
	created.setAttribute('aria-label', label);
	created.addEventListener('click', () => act(label, action));
	return created;
}

function actions(...buttons) {
	const cell = element('td', '', 'actions');
	buttons.forEach((each) => cell.append(each, ' '));
	return cell;
}

// 'PT1M2.5S' as '1m 2.5s'
const duration = (text) => text ? text.replace(/^PT/, '').replace(/([A-Z])(?=.)/g, '$1 ').toLowerCase() : '';
const time = (text) => text ? new Date(text).toLocaleString() : '';
const short = (type) => type.substring(type.lastIndexOf('.') + 1);
const of = (number, limit) => limit == null ? number.toLocaleString() : `${number.toLocaleString()} of ${limit.toLocaleString()}`;

function failure(described) {
	const parts = [short(described.exception)];
	if (described.rootCause) {
		parts.push(short(described.rootCause));
	}
	if (described.sqlState) {
		parts.push(`SQLSTATE ${described.sqlState}`);
	}
	return parts.join(', ');
}

function store(cache) {
	if (!cache.store) {
		return element('td', '');
	}
	if (!cache.store.flusherAlive) {
		return element('td', 'no thread flushes', 'warn');
	}
	return cache.store.awayFor ? element('td', `away for ${duration(cache.store.awayFor)}`, 'warn')
		: element('td', cache.store.state);
}

function lastError(cache) {
	return element('td', cache.lastError ? `${failure(cache.lastError)}, ${time(cache.lastError.time)}` : '');
}

function describeCache(name, cache) {
	const buttons = [];
	if (cache.pending > 0) {
		buttons.push(button('Flush', `Flush ${name}`, async () => {
			const report = await ask('POST', name);
			return `${name}: ${report.written} written, ${report.failed} failed, ${report.remaining} remaining`;
		}));
	}
	if (cache.deadLetters > 0) {
		buttons.push(button('Dead letters', `Dead letters of ${name}`, async () => {
			shown = name;
			await showLetters();
			byId('letters-title').focus();
			return `Dead letters of ${name}`;
		}));
	}
	const tableRow = row(element('th', name), element('td', cache.policy),
		element('td', of(cache.size, cache.maximumSize), 'number'),
		element('td', cache.store ? of(cache.pending, cache.maxPending) : '', 'number'),
		element('td', duration(cache.oldestPending)), store(cache), lastError(cache),
		element('td', cache.deadLetters.toLocaleString(), cache.deadLetters > 0 ? 'number warn' : 'number'),
		actions(...buttons));
	tableRow.dataset.cache = name;
	return tableRow;
}

function describeLetter(name, letter) {
	const letterRow = row(element('th', letter.key, 'key'), element('td', letter.operation), element('td', letter.kind),
		element('td', letter.attempts, 'number'), element('td', time(letter.firstFailure)),
		element('td', time(letter.reason.time)), element('td', failure(letter.reason)),
		actions(
			button('Replay', `Replay the write of ${letter.key}`, async () => {
				await ask('POST', name, 'deadletters', letter.id);
				return `The write of ${letter.key} is pending again`;
			}),
			button('Discard', `Discard the write of ${letter.key}`, async () => {
				if (!confirm(`Discard the write of ${letter.key}? It can't be brought back.`)) {
					return 'Nothing was discarded';
				}
				await ask('DELETE', name, 'deadletters', letter.id);
				return `The write of ${letter.key} is discarded`;
			})));
	letterRow.dataset.id = letter.id;
	return letterRow;
}

// Replaces rows that differ, and gives the focus back to the button that had it
function replaceRows(body, rows) {
	if (rows.length === body.rows.length && rows.every((each, index) => each.isEqualNode(body.rows[index]))) {
		return;
	}
	const label = body.contains(document.activeElement) ? document.activeElement.getAttribute('aria-label') : null;
	body.replaceChildren(...rows);
	if (label) {
		[...body.querySelectorAll('button')].find((each) => each.getAttribute('aria-label') === label)?.focus();
	}
}

async function showLetters() {
	const section = byId('letters');
	if (shown == null) {
		section.hidden = true;
		return;
	}
	const cache = await ask('GET', shown);
	byId('letters-title').textContent = `Dead letters of ${shown}`;
	byId('letters-note').textContent = cache.deadLetters > cache.letters.length
		? `The ${cache.letters.length} oldest of ${cache.deadLetters.toLocaleString()}.`
		: `${cache.deadLetters} in all.`;
	byId('replay-all').disabled = cache.deadLetters === 0;
	replaceRows(section.querySelector('tbody'), cache.letters.map((letter) => describeLetter(shown, letter)));
	section.hidden = false;
}

async function show() {
	const all = await ask('GET');
	replaceRows(byId('caches').tBodies[0], Object.entries(all.caches).map(([name, cache]) => describeCache(name, cache)));
	byId('instance').textContent = [
		all.cluster ? `${all.cluster.members?.length ?? 0} other instances` : '',
		all.journal ? `journal of ${all.journal.size.toLocaleString()} bytes` : ''
	].filter(Boolean).join(', ');
	await showLetters();
}

function say(text) {
	byId('status').textContent = text;
}

// One after the other: a click during a refresh waits for it
function act(what, action) {
	running++;
	work = work.then(action).then(async (done) => {
		await show();
		say(done);
	}).catch((error) => say(`${what}: ${error.message}`)).finally(() => running--);
}

const refresh = async () => `As of ${new Date().toLocaleTimeString()}`;

byId('refresh').addEventListener('click', () => act('Refresh', refresh));
byId('replay-all').addEventListener('click', () => act('Replay all', async () => {
	const report = await ask('POST', shown, 'deadletters');
	return `${report.replayed} writes are pending again, ${report.remaining} dead letters remain`;
}));
act('Load', refresh);
setInterval(() => {
	if (running === 0 && document.visibilityState === 'visible') {
		running++;
		// What somebody was told stays until the next click
		work = work.then(show).catch((error) => say(`Refresh: ${error.message}`)).finally(() => running--);
	}
}, REFRESH_MILLIS);
