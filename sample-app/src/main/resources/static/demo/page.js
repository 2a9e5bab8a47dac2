import { plural } from './format.js';
import { History } from './history.js';
import { Lane } from './lanes.js';
import { Pages } from './pages.js';
import { Plot, niceTop } from './plots.js';
import { onPress, request } from './requests.js';

const RECONNECT_AFTER = 2_000;
const byId = (id) => document.getElementById(id);
const calm = matchMedia('(prefers-reduced-motion: reduce)');
const history = new History();
const pages = new Pages();
const pendingPlot = new Plot(byId('pending-plot'), ['pending']);
let lanes = [];
let latest;
let lastPlotted = 0;

function connect() {
  const events = new EventSource('demo/events');
  events.onopen = () => state('live', 'Live', 'good');
  events.onmessage = (message) => show(JSON.parse(message.data));
  events.onerror = () => {
    state('live', 'Not connected, trying again', 'bad');
    // The browser tries again by itself, unless it was answered with an error
    if (events.readyState === EventSource.CLOSED) {
      setTimeout(connect, RECONNECT_AFTER);
    }
  };
}

function show(sample) {
  latest = sample;
  history.add(sample);
  if (lanes.length === 0) {
    lanes = sample.lanes.map((lane) => new Lane(lane.policy, byId('lanes')));
  }
  showStates(sample);
  lanes.forEach((lane, index) => lane.show(history.totals(index)));
  showLetters(sample.deadLetters);
  pages.show(sample.pages);
  if (!calm.matches || sample.time - lastPlotted >= 1_000) {
    lastPlotted = sample.time;
    plot();
  }
}

function showStates(sample) {
  state('database', sample.databaseAway ? 'Database is away' : 'Database is there', sample.databaseAway ? 'bad' : 'good');
  showInstances(sample.instances);
  toggle(byId('traffic'), sample.traffic, 'Stop the traffic', 'Steady traffic');
  toggle(byId('outage'), sample.databaseAway, 'Database back', 'Database away');
  toggle(byId('limit'), !sample.limited, 'Impose the constraint again', 'Lift the constraint');
  byId('limit-hint').textContent = sample.limited ? 'A replay is refused again until the constraint is lifted.'
      : 'The constraint is lifted: now a replay is stored.';
}

// Only if the sample was started as one of several instances
function showInstances(instances) {
  byId('instances-item').hidden = !instances;
  if (instances) {
    const { heard, silent, changes } = instances;
    const others = heard > 0 ? plural(heard, 'other instance', 'other instances')
        : silent > 0 ? 'Lost the others' : 'No other instance yet';
    state('instances', `${others}, ${plural(changes, 'change', 'changes')} heard`, silent > 0 ? 'bad' : 'good');
  }
}

function state(id, text, mood) {
  if (byId(id).textContent !== text) {
    byId(id).textContent = text;
  }
  byId(`${id}-dot`).className = `dot ${mood}`;
}

function toggle(button, pressed, textIfPressed, text) {
  button.setAttribute('aria-pressed', pressed);
  button.textContent = pressed ? textIfPressed : text;
}

function plot() {
  const ages = history.ages();
  const outages = history.outages();
  const rates = lanes.map((_, index) => [history.rates(index, 'writes'), history.rates(index, 'rows')]);
  // The same axis for all, or they could not be compared
  const top = niceTop(Math.max(...rates.flat(2)));
  lanes.forEach((lane, index) => lane.plot([ages, ...rates[index]], top, outages));
  const pending = history.values(latest.lanes.findIndex((lane) => lane.policy === 'write-back'), 'pending');
  pendingPlot.show([ages, pending], niceTop(Math.max(...pending)), outages);
}

function showLetters(letters) {
  const list = byId('letters');
  const ids = letters.map((letter) => String(letter.id));
  const shown = [...list.children];
  shown.filter((item) => !ids.includes(item.dataset.id)).forEach((item) => {
    // Who has just pressed a button in it goes on at the list
    if (item.contains(document.activeElement)) {
      list.focus();
    }
    item.remove();
  });
  letters.filter((letter) => !shown.some((item) => item.dataset.id === String(letter.id)))
      .forEach((letter) => list.append(letterItem(letter)));
  byId('no-letters').hidden = letters.length > 0;
}

function letterItem(letter) {
  const item = document.createElement('li');
  item.dataset.id = letter.id;
  item.innerHTML = `<div class="what"><h3></h3><p class="reason"></p></div>
    <div class="actions"><button type="button" class="small replay">Replay</button>
    <button type="button" class="small discard">Discard</button></div>`;
  item.querySelector('h3').textContent = `${letter.key}, after ${plural(letter.attempts, 'attempt', 'attempts')}`;
  item.querySelector('.reason').textContent = letter.reason;
  const [replay, discard] = item.querySelectorAll('button');
  replay.setAttribute('aria-label', `Replay ${letter.key}`);
  discard.setAttribute('aria-label', `Discard ${letter.key}`);
  onPress(replay, byId('result'), async () => {
    await request('POST', `demo/dead-letters/${letter.id}/replay`);
    return latest.limited ? `${letter.key} is pending again. The constraint is still there: it will be refused again.`
        : `${letter.key} is pending again, and will be stored by the next flush.`;
  });
  onPress(discard, byId('result'), async () => {
    await request('DELETE', `demo/dead-letters/${letter.id}`);
    return `${letter.key} is discarded: the table keeps what it had.`;
  });
  return item;
}

function burstResult(bursts) {
  const failed = bursts.filter((burst) => burst.failed > 0);
  if (failed.length === 0) {
    return `${bursts[0].writes} writes each, all accepted. Look at the rows: write-back needs one per sensor.`;
  }
  const accepted = bursts.filter((burst) => burst.failed === 0).map((burst) => burst.policy).join(', ');
  return `${failed.map((burst) => `${burst.policy}: ${burst.failed} writes failed, “${burst.error}”`).join('. ')}. `
      + (accepted ? `${accepted} accepted all of them; reads of cached sensors go on.` : '');
}

function poisonResult(answers) {
  const sensor = answers[0].sensor;
  return answers.map((answer) => answer.error ? `${answer.policy} told the caller “${answer.error}”`
      : `${answer.policy} accepted ${sensor}`).join('; ') + '.';
}

const press = (id, action) => onPress(byId(id), byId('result'), action);

press('burst', async () => burstResult(await request('POST', 'demo/bursts')));
press('traffic', async () => {
  const stop = latest.traffic;
  await request(stop ? 'DELETE' : 'POST', 'demo/traffic');
  return stop ? 'The traffic has stopped.' : '20 writes and 40 reads per second, each policy. Now take the database away.';
});
press('outage', async () => {
  const back = latest.databaseAway;
  await request(back ? 'DELETE' : 'POST', 'demo/outage');
  return back ? 'The database is back: within a second or two, write-back drains what is pending.'
      : 'The database refuses connections. Send writes: write-back accepts them, the others tell the caller.';
});
press('poison', async () => poisonResult(await request('POST', 'demo/poison')));
press('reset', async () => {
  history.reset();
  return 'Counting from zero.';
});
press('limit', async () => {
  const lift = latest.limited;
  await request(lift ? 'DELETE' : 'POST', 'demo/limit');
  return lift ? 'The constraint is lifted: replay the dead letters.'
      : 'The tables refuse more than 150 °C again. Rows above it are deleted.';
});

connect();
