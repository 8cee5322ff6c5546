import { pickleGlobal, text } from './pickleGlobals.js';
import { mark, type PickleMachine } from './pickleMachine.js';

/** What a code does to the machine. */
export type PickleStep = (machine: PickleMachine) => void;

/** Longest line of a number or a name, bytes. */
const SHORT_LINE = 256;

/** The codes that build data, by their characters, in the order of Python's pickletools. */
const building: Readonly<Record<string, PickleStep>> = {
  I: (m) => m.push(m.intLine(m.line(SHORT_LINE))),
  J: (m) => m.push(m.take(4).readInt32LE()),
  K: (m) => m.push(m.whole(1)),
  M: (m) => m.push(m.whole(2)),
  L: (m) => m.push(m.number(m.line(SHORT_LINE).replace(/L$/, ''))),
  '\x8a': (m) => m.push(m.long(m.whole(1))),
  '\x8b': (m) => m.push(m.long(m.whole(4))),
  S: (m) => m.make(m.quoted()),
  T: (m) => m.make(m.take(m.whole(4))),
  U: (m) => m.make(m.take(m.whole(1))),
  B: (m) => m.make(m.take(m.whole(4))),
  C: (m) => m.make(m.take(m.whole(1))),
  '\x8e': (m) => m.make(m.take(m.whole(8))),
  N: (m) => m.push(null),
  '\x88': (m) => m.push(true),
  '\x89': (m) => m.push(false),
  V: (m) => m.make(m.escaped()),
  '\x8c': (m) => m.make(m.utf8(m.whole(1))),
  X: (m) => m.make(m.utf8(m.whole(4))),
  '\x8d': (m) => m.make(m.utf8(m.whole(8))),
  F: (m) => m.push(m.number(m.line(SHORT_LINE))),
  G: (m) => m.push(m.take(8).readDoubleBE()),
  ']': (m) => m.make([]),
  a: (m) => m.extend([m.pop()]),
  e: (m) => m.extend(m.popToMark()),
  l: (m) => m.make(m.popToMark()),
  ')': (m) => m.make([]),
  t: (m) => m.make(m.popToMark()),
  '\x85': (m) => m.make(m.popSome(1)),
  '\x86': (m) => m.make(m.popSome(2)),
  '\x87': (m) => m.make(m.popSome(3)),
  '}': (m) => m.make(new Map()),
  d: (m) => {
    const items = m.popToMark();
    m.make(new Map());
    m.setItems(items);
  },
  s: (m) => m.setItems(m.popSome(2)),
  u: (m) => m.setItems(m.popToMark()),
  '0': (m) => void m.pop(),
  '2': (m) => m.push(m.top()),
  '(': (m) => m.push(mark),
  '1': (m) => void m.popToMark(),
  g: (m) => m.recall(m.number(m.line(SHORT_LINE))),
  h: (m) => m.recall(m.whole(1)),
  j: (m) => m.recall(m.whole(4)),
  p: (m) => m.keep(m.number(m.line(SHORT_LINE))),
  q: (m) => m.keep(m.whole(1)),
  r: (m) => m.keep(m.whole(4)),
  '\x94': (m) => m.keep(m.memo.size),
  c: (m) => m.push(pickleGlobal(m.line(SHORT_LINE), m.line(SHORT_LINE), m.where)),
  '\x93': (m) => {
    const [module, name] = m.popSome(2);
    m.push(pickleGlobal(text(module) ?? '', text(name) ?? '', m.where));
  },
  R: (m) => m.reduce(),
  b: (m) => m.build(),
  '\x80': (m) => {
    const protocol = m.whole(1);
    if (protocol > 4) {
      throw new Error(
        `${m.where}: the protocol of a pickle must be 0 to 4, got ${protocol}; pickle it again with protocol=4`,
      );
    }
  },
  '\x95': (m) => {
    if (m.whole(8) > m.left) throw m.damaged('it was cut short');
  },
};

/** The codes that make objects of any class or call for outside help, as pickletools calls them. */
const refused: Readonly<Record<string, string>> = {
  i: 'INST',
  o: 'OBJ',
  P: 'PERSID',
  Q: 'BINPERSID',
  '\x81': 'NEWOBJ',
  '\x82': 'EXT1',
  '\x83': 'EXT2',
  '\x84': 'EXT4',
  '\x8f': 'EMPTY_SET',
  '\x90': 'ADDITEMS',
  '\x91': 'FROZENSET',
  '\x92': 'NEWOBJ_EX',
  '\x96': 'BYTEARRAY8',
  '\x97': 'NEXT_BUFFER',
  '\x98': 'READONLY_BUFFER',
};

/** What each of the 256 codes does; all but the one that stops. */
export const steps: readonly PickleStep[] = Array.from({ length: 256 }, (_, code) => {
  const character = String.fromCharCode(code);
  const name = refused[character];
  const unknown: PickleStep = (m) => {
    throw name === undefined
      ? m.damaged(`there is no code ${code}`)
      : new Error(
          `${m.where}: refused the code ${name}: only arrays, lists, dicts, strings and numbers are read from a pickle`,
        );
  };
  return building[character] ?? unknown;
});
