// node traces.mjs RAW_DIR OUT_DIR COUNT: picks the traces of a simulator's run that show most, and thins them out.
//
// What remains of a state is the event and, of the validator that it happened to, what is visible from outside the
// engine and has changed. What the Byzantine validator signs for itself happens to nobody, and is dropped.
import { readdirSync, readFileSync, writeFileSync, rmSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

const VISIBLE = ['view', 'own', 'seen', 'proposals', 'building', 'asked', 'certifying', 'certified', 'finals'];
const [raw, out, count] = process.argv.slice(2);

// ITF with plain numbers and sorted sets, so that equal states are equal texts.
const plain = (value) => {
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== 'object') return value;
  if ('#bigint' in value) return Number(value['#bigint']);
  if ('#set' in value) return { '#set': value['#set'].map(plain).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) };
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
};

// Variables are named after the module that they come from.
const variable = (state, name) => plain(state[Object.keys(state).find((key) => key === name || key.endsWith(`::${name}`))]);
const visible = (validator) => Object.fromEntries(VISIBLE.map((field) => [field, validator[field]]));

function thin(trace) {
  const known = new Map();
  const states = [];
  for (const [index, validator] of variable(trace.states[0], 'validators')['#map']) {
    known.set(index, visible(validator));
    states.push({ event: { tag: 'Begun', value: index }, after: known.get(index) });
  }
  for (const state of trace.states.slice(1)) {
    const event = variable(state, 'event');
    if (event.tag === 'Corrupted') continue;
    const turn = variable(state, 'turn');
    const now = visible(turn.after);
    const before = known.get(turn.me);
    known.set(turn.me, now);
    const did = standing(event, before);
    const changed = VISIBLE.filter((field) => JSON.stringify(now[field]) !== JSON.stringify(before[field]));
    states.push({ event, after: Object.fromEntries(changed.map((field) => [field, now[field]])), did });
  }
  return states;
}

// What the validator had said in the view in question: the rules turn on it.
function standing(event, { own }) {
  const subject = event.value.vote?.value ?? event.value.proposal ?? event.value;
  const view = subject.view ?? subject;
  const here = (votes) => votes['#set'].filter((vote) => (vote.view ?? vote) === view);
  const other = here(own.notarized).some((vote) => subject.digest && JSON.stringify(vote) !== JSON.stringify(subject));
  return [other, ...Object.values(own).map((votes) => here(votes).length)].join();
}

// A kind of step: what happened, to whom in what standing, and what came of it.
const kind = ({ event, after, did }) => [event.tag, event.value?.vote?.tag, event.value?.valid, did, ...Object.keys(after)].join(' ');

const traces = readdirSync(raw).filter((name) => name.endsWith('.itf.json')).sort()
  .map((name) => thin(JSON.parse(readFileSync(join(raw, name), 'utf8'))))
  .map((states) => ({ states, kinds: new Set(states.map(kind)) }));
const shown = new Set();
const fresh = (trace) => [...trace.kinds].filter((seen) => !shown.has(seen)).length;

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
for (let i = 1; i <= Number(count); i++) {
  const best = traces.reduce((a, b) => (fresh(b) > fresh(a) ? b : a));
  best.kinds.forEach((seen) => shown.add(seen));
  const lines = best.states.map((state) => JSON.stringify({ event: state.event, after: state.after })).join(',\n');
  writeFileSync(join(out, `${String(i).padStart(2, '0')}.itf.json`), `{"vars":["event","after"],"states":[\n${lines}\n]}\n`);
}
console.log(`${count} of ${traces.length} traces, ${shown.size} of ${new Set(traces.flatMap((trace) => [...trace.kinds])).size} kinds of step`);
