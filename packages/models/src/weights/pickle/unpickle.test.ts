import { Pickler } from '../../testing/pthFile.js';
import { PickleError } from './PickleReader.js';
import { PickledTensor, Storage } from './PickleValue.js';
import { unpickle } from './unpickle.js';

// Python 3.11: d = {'list': [1, -2, 70000, -70000, 2**40, 3.5, 1e300], 'text': 'ß ', 'none': None, 'flags': (True, False),
// 'tuples': [(), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4)], 'dict': {1: {}, 'x': 'y'}, 'big': -2**70, 'same': None,
// 'count': collections.Counter('abca'), 'od': collections.OrderedDict([('k', 1), ('l', [])])}; d['same'] = d['dict'];
// base64.b64encode(pickle.dumps(d, protocol))
const byProtocol = {
  1: 'fXEAKFgEAAAAbGlzdHEBXXECKEsBSv7///9KcBEBAEqQ7v7/TDEwOTk1MTE2Mjc3NzZMCkdADAAAAAAAAEd+N+Q8iAB1nGVYBAAAAHRleHRxA1gDAAAAw58gcQRYBAAAAG5vbmVxBU5YBQAAAGZsYWdzcQYoSTAxCkkwMAp0cQdYBgAAAHR1cGxlc3EIXXEJKCkoSwF0cQooSwFLAnRxCyhLAUsCSwN0cQwoSwFLAksDSwR0cQ1lWAQAAABkaWN0cQ59cQ8oSwF9cRBYAQAAAHhxEVgBAAAAeXESdVgDAAAAYmlncRNMLTExODA1OTE2MjA3MTc0MTEzMDM0MjRMClgEAAAAc2FtZXEUaA9YBQAAAGNvdW50cRVjY29sbGVjdGlvbnMKQ291bnRlcgpxFih9cRcoWAEAAABhcRhLAlgBAAAAYnEZSwFYAQAAAGNxGksBdXRxG1JxHFgCAAAAb2RxHWNjb2xsZWN0aW9ucwpPcmRlcmVkRGljdApxHilScR8oWAEAAABrcSBLAVgBAAAAbHEhXXEidXUu',
  2: 'gAJ9cQAoWAQAAABsaXN0cQFdcQIoSwFK/v///0pwEQEASpDu/v+KBgAAAAAAAUdADAAAAAAAAEd+N+Q8iAB1nGVYBAAAAHRleHRxA1gDAAAAw58gcQRYBAAAAG5vbmVxBU5YBQAAAGZsYWdzcQaIiYZxB1gGAAAAdHVwbGVzcQhdcQkoKUsBhXEKSwFLAoZxC0sBSwJLA4dxDChLAUsCSwNLBHRxDWVYBAAAAGRpY3RxDn1xDyhLAX1xEFgBAAAAeHERWAEAAAB5cRJ1WAMAAABiaWdxE4oJAAAAAAAAAADAWAQAAABzYW1lcRRoD1gFAAAAY291bnRxFWNjb2xsZWN0aW9ucwpDb3VudGVyCnEWfXEXKFgBAAAAYXEYSwJYAQAAAGJxGUsBWAEAAABjcRpLAXWFcRtScRxYAgAAAG9kcR1jY29sbGVjdGlvbnMKT3JkZXJlZERpY3QKcR4pUnEfKFgBAAAAa3EgSwFYAQAAAGxxIV1xInV1Lg==',
  4: 'gASVHAEAAAAAAAB9lCiMBGxpc3SUXZQoSwFK/v///0pwEQEASpDu/v+KBgAAAAAAAUdADAAAAAAAAEd+N+Q8iAB1nGWMBHRleHSUjAPDnyCUjARub25llE6MBWZsYWdzlIiJhpSMBnR1cGxlc5RdlCgpSwGFlEsBSwKGlEsBSwJLA4eUKEsBSwJLA0sEdJRljARkaWN0lH2UKEsBfZSMAXiUjAF5lHWMA2JpZ5SKCQAAAAAAAAAAwIwEc2FtZZRoD4wFY291bnSUjAtjb2xsZWN0aW9uc5SMB0NvdW50ZXKUk5R9lCiMAWGUSwKMAWKUSwGMAWOUSwF1hZRSlIwCb2SUaBaMC09yZGVyZWREaWN0lJOUKVKUKIwBa5RLAYwBbJRdlHV1Lg==',
};

const read = (pickler: Pickler) => unpickle(pickler.done());
const map = <T>(pairs: [unknown, T][]) => new Map(pairs);

describe('unpickle', () => {
  test.each(Object.entries(byProtocol))(
    'reads the data that Python wrote in protocol %s',
    (_, text) => {
      const bytes = new Uint8Array(Buffer.from(text, 'base64'));
      const { value, end } = unpickle(bytes);
      const dict = map<unknown>([
        [1, map([])],
        ['x', 'y'],
      ]);
      expect(end).toBe(bytes.length);
      expect(value).toEqual(
        map<unknown>([
          ['list', [1, -2, 70000, -70000, 2 ** 40, 3.5, 1e300]],
          ['text', 'ß '],
          ['none', null],
          ['flags', [true, false]],
          ['tuples', [[], [1], [1, 2], [1, 2, 3], [1, 2, 3, 4]]],
          ['dict', dict],
          ['big', -(2n ** 70n)],
          ['same', dict],
          [
            'count',
            map([
              ['a', 2],
              ['b', 1],
              ['c', 1],
            ]),
          ],
          [
            'od',
            map<unknown>([
              ['k', 1],
              ['l', []],
            ]),
          ],
        ]),
      );
      const top = value as Map<string, unknown>;
      expect(top.get('same')).toBe(top.get('dict'));
    },
  );

  test('reads an OrderedDict as Python 2 wrote it, of pairs', () => {
    const pickler = new Pickler().global('collections', 'OrderedDict');
    pickler.op('(](](U', 1, 'a').int(1).op('e](U', 1, 'b').int(2).op('eetR');
    expect(read(pickler).value).toEqual(
      map([
        ['a', 1],
        ['b', 2],
      ]),
    );
  });

  test('passes over the attributes of a dict', () => {
    const pickler = new Pickler().orderedDict().op('}').text('_metadata').orderedDict().op('sb');
    expect(read(pickler).value).toEqual(map([]));
  });

  test('reads devices and sizes', () => {
    const pickler = new Pickler().global('torch', 'device').op('(').text('cuda').int(0).op('tR');
    expect(read(pickler).value).toBe('cuda');
    const sizes = new Pickler().global('torch', 'Size').op('(').ints([2, 3]).op('tR');
    expect(read(sizes).value).toEqual([2, 3]);
  });

  test('reads a tensor whose type stands beside a storage of bytes', () => {
    const pickler = new Pickler().global('torch._utils', '_rebuild_tensor_v3').op('((');
    pickler.text('storage').global('torch.storage', 'UntypedStorage').text('0').text('cpu').int(12);
    pickler.op('tQ').int(1).ints([2]).ints([2]).op(0x89).orderedDict();
    pickler.global('torch', 'uint16').op('tR');
    const { value, storages } = read(pickler);
    const claim = { key: '0', dtype: null, count: 12 };
    expect(value).toEqual(new PickledTensor(new Storage(claim, 0, 12), 'uint16', 1, [2], [2]));
    expect([...storages.values()]).toEqual([claim]);
  });

  test('finds a tensor in a part of a storage, as the oldest files have it', () => {
    const part = (size: number) => {
      const pickler = new Pickler().global('torch._utils', '_rebuild_tensor').op('((');
      pickler.text('storage').global('torch', 'FloatStorage').text('0').text('cpu').int(10);
      pickler.op('(').text('part').int(4).int(3).op('ttQ').int(1).ints([size]).ints([1]).op('tR');
      return read(pickler);
    };
    expect(part(2).value).toMatchObject({ offset: 5, shape: [2] });
    expect(() => part(3)).toThrow('from element 1 of a storage of 3');
  });

  test.each<[string, Pickler, string]>([
    ['no end', new Pickler().op('N'), ''],
    ['an unknown operation', new Pickler().op('i'), 'holds the operation 0x69 at byte 2'],
    ['a call of data', new Pickler().op('N)R'), 'calls a value, which is nothing to be called'],
    ['a call of a type', new Pickler().global('torch', 'float32').op(')R'), 'calls torch.float32'],
    ['the state of a list', new Pickler().op(']}b'), 'sets the state of an object'],
    ['an item of a list', new Pickler().op(']NNs'), 'sets an item of something that is no dict'],
    ['a key alone', new Pickler().op('}(Nu'), 'sets a key without a value'],
    ['an append to a dict', new Pickler().op('}Na'), 'appends to something that is no list'],
    ['a list never begun', new Pickler().op('Nt'), 'closes a list that was not begun'],
    ['too short a stack', new Pickler().op(0x86), 'takes a value that is not there'],
    ['a drop of nothing', new Pickler().op('0'), 'takes a value that is not there'],
    ['a memory of nothing', new Pickler().op('h', 3), 'recalls a value that was not kept'],
    ['text that is none', new Pickler().op('X', 1, 0, 0, 0, 0xff), 'text that is not UTF-8'],
    ['text cut short', new Pickler().op('X', 0xff, 0xff, 0xff, 0x7f), 'ends too early'],
    ['a huge number', new Pickler().op(0x8b, 0, 0, 0, 1), 'holds a whole number of 16777216 bytes'],
    ['a number of letters', new Pickler().op('Iseven\n'), 'holds a number that is none'],
    ['an unended line', new Pickler().op('I7'), 'ends within a line'],
    ['a name that is no text', new Pickler().op('NN', 0x93), 'something whose name is no text'],
    ['something beside a storage', new Pickler().text('x').op('Q'), 'is not a storage'],
    [
      'a tensor of nothing',
      new Pickler().global('torch._utils', '_rebuild_tensor_v2').op(')R'),
      'of something else than a storage of numbers',
    ],
    [
      'a dict of numbers',
      new Pickler().global('collections', 'OrderedDict').op('(').int(1).op('tR'),
      'of something else than pairs',
    ],
    [
      'a size below 0',
      new Pickler().global('torch', 'Size').op('(').ints([-1]).op('tR'),
      'no whole number from 0 up',
    ],
    [
      'too many axes',
      new Pickler().global('torch', 'Size').op('(').ints(new Array(65).fill(1)).op('tR'),
      'no list of at most 64 sizes',
    ],
  ])('refuses %s', (name, pickler, message) => {
    const bytes = pickler.done();
    const cut = name === 'no end' ? bytes.slice(0, -1) : bytes;
    expect(() => unpickle(cut)).toThrow(PickleError);
    expect(() => unpickle(cut)).toThrow(message);
  });

  test('takes no more memory than weights need, however often a pickle repeats itself', () => {
    expect(() => unpickle(new Uint8Array(2 ** 20).fill('}'.charCodeAt(0)))).toThrow(
      'holds more lists and dicts than weights do',
    );
    // A list of pairs that is made a dict again and again.
    const pickler = new Pickler().op('](');
    for (let i = 0; i < 1000; i++) pickler.op('(', 'K', i % 256, 'Nt');
    pickler.op('eq', 0, '0');
    for (let i = 0; i < 10_000; i++) {
      pickler.global('collections', 'OrderedDict').op('h', 0, 0x85, 'R');
    }
    expect(() => read(pickler)).toThrow('holds more lists and dicts than weights do');
  });
});
