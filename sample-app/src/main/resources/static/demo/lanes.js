import { count, decimal, mean, milliseconds, percent, plural } from './format.js';
import { Plot } from './plots.js';

// Narrow screens show the numbers of a policy on demand
const narrow = matchMedia('(max-width: 40rem)');

const NOW = '<path d="M44 22h56"/><path class="head" d="m108 22-9-5v10z"/>';

// What is said of each policy; the arrows go from x=44 (caller) to the cache at 108 and the table at 230
const POLICIES = {
  'write-through': {
    title: 'Write-through',
    about: 'The row is written before the call returns. Nothing is lost, and every write pays for the database.',
    store: 'A write to the store takes',
    arrows: `${NOW}<path class="store" d="M178 22h44"/><path class="head store" d="m230 22-9-5v10z"/>
      <text class="note" x="202" y="14" text-anchor="middle">now</text>`
  },
  'write-back': {
    title: 'Write-back',
    about: 'The cache takes the write and the call returns. Rows follow within a second, the last value of each, in batches.',
    store: 'A flush to the store takes',
    arrows: `${NOW}<path class="store later" d="M178 22h44"/><path class="head store" d="m230 22-9-5v10z"/>
      <text class="note" x="202" y="14" text-anchor="middle">later</text>`
  },
  'write-around': {
    title: 'Write-around',
    about: 'The row is written before the call returns, past the cache: only the next read brings it in. For what is seldom read.',
    store: 'A write to the store takes',
    arrows: `<path class="store" d="M44 22q8-19 24-19h178q18 0 19 0"/><path class="head store" d="m265 8-5-8h10z"/>
      <text class="note" x="204" y="26" text-anchor="middle">on read</text>
      <path d="M228 33h-42" class="later"/><path class="head" d="m179 33 9-5v10z"/>`
  }
};

// The panel of a policy
export class Lane {

  #element;
  #plot;

  constructor(policy, parent) {
    const { title, about, store, arrows } = POLICIES[policy];
    this.#element = document.getElementById('lane').content.cloneNode(true).firstElementChild;
    this.#element.id = policy;
    const heading = this.#element.querySelector('h2');
    heading.textContent = title;
    heading.id = `${policy}-title`;
    this.#element.setAttribute('aria-labelledby', heading.id);
    this.#element.querySelector('.about').textContent = about;
    this.#element.querySelector('.store-call').textContent = store;
    this.#element.querySelector('.arrows').innerHTML = arrows;
    const more = this.#element.querySelector('.more');
    more.open = !narrow.matches;
    narrow.addEventListener('change', () => { more.open = !narrow.matches; });
    parent.append(this.#element);
    const plot = this.#element.querySelector('.plot');
    plot.setAttribute('aria-label', `${title}: writes and rows per second in the last half minute`);
    this.#plot = new Plot(plot, ['caller', 'store']);
  }

  show(totals) {
    this.#set('writes', count(totals.writes));
    this.#set('rows', count(totals.rows));
    this.#set('verdict', verdict(totals)).classList.toggle('failed', totals.failedWrites > 0);
    this.#set('callerLatency', milliseconds(mean(totals.writeTime, totals.writes)));
    this.#set('storeLatency', milliseconds(mean(totals.storeTime, totals.storeCalls)));
    this.#set('batch', decimal(mean(totals.storeRows, totals.storeCalls)));
    this.#set('hitRatio', percent(totals.hits, totals.hits + totals.misses));
    this.#set('pending', count(totals.pending));
    this.#set('age', (totals.pending > 0) ? milliseconds(totals.pendingAge) : '–');
    this.#set('failedWrites', count(totals.failedWrites)).classList.toggle('failed', totals.failedWrites > 0);
    this.#set('failedReads', count(totals.failedReads)).classList.toggle('failed', totals.failedReads > 0);
  }

  plot(data, top, outages) {
    this.#plot.show(data, top, outages);
  }

  #set(name, text) {
    const element = this.#element.querySelector(`[data-value="${name}"]`);
    if (element.textContent !== text) {
      element.textContent = text;
    }
    return element;
  }

}

function verdict(totals) {
  if (totals.failedWrites > 0) {
    return `${plural(totals.failedWrites, 'write', 'writes')} failed, and the caller knows`;
  }
  if (totals.writes === 0) {
    return 'No writes yet';
  }
  if (totals.rows === totals.writes) {
    return 'A row for every write';
  }
  return (totals.rows > 0) ? `${decimal(totals.writes / totals.rows)} writes per row` : 'All accepted, no row yet';
}
