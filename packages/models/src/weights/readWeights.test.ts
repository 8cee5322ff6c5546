import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { legacyPth, Pickler, type PthTensor, zipPth } from '../testing/pthFile.js';
import { encodeSafetensors } from './formats/encodeSafetensors.js';
import { readWeights } from './readWeights.js';

const tensors: PthTensor[] = [
  { name: 'fc.weight', shape: [2, 3], values: Float32Array.of(1, 2, 3, 4, 5, 6) },
  { name: 'fc.bias', shape: [2], values: Float32Array.of(-1, 0.5) },
];

/** What a file must say when it is refused. */
const refused = (source: Promise<unknown>) =>
  source.then(
    () => 'read',
    (error: Error) => error.message,
  );

/** A file of each format with these tensors. */
const writers = {
  'zip format': (list: PthTensor[]) => zipPth(list),
  'zip64 format': (list: PthTensor[]) => zipPth(list, { zip64: true, byteOrder: 'little' }),
  'older format': async (list: PthTensor[]) => legacyPth(list),
  safetensors: async (list: PthTensor[]) =>
    encodeSafetensors(
      list.map((t) => ({ ...t, dtype: t.values instanceof Float32Array ? 'float32' : 'int64' })),
    ),
};

describe.each(Object.entries(writers))('%s', (_, write) => {
  test('gives back what was put in', async () => {
    const floats = fc.float32Array({ minLength: 0, maxLength: 12 });
    const longs = fc.bigInt64Array({ minLength: 0, maxLength: 5 });
    const list = fc.uniqueArray(
      fc.record({ name: fc.string({ unit: 'grapheme' }), values: fc.oneof(floats, longs) }),
      { selector: ({ name }) => name, minLength: 1, maxLength: 5 },
    );
    await fc.assert(
      fc.asyncProperty(list, async (named) => {
        // The format has a use for one name.
        const put = named
          .filter(({ name }) => name !== '__metadata__')
          .map(({ name, values }) => ({ name, values, shape: [values.length, 1] }));
        fc.pre(put.length > 0);
        const got = await readWeights(await write(put));
        expect(got.size).toBe(put.length);
        for (const { name, values, shape } of put) {
          expect(got.get(name)?.shape).toEqual(shape);
          expect(got.get(name)?.values()).toEqual(values);
        }
      }),
      { numRuns: 50 },
    );
  });

  test('is refused when a byte is missing at its end or anywhere', async () => {
    const whole = await write(tensors);
    for (let length = 0; length < whole.length; length++) {
      const message = await refused(readWeights(whole.slice(0, length)));
      expect(message).toMatch(/^readWeights: the bytes given /);
    }
  });
});

describe('a .pth', () => {
  test('of a big-endian machine is refused, in both formats', async () => {
    const says =
      'readWeights: the bytes given is big-endian, where little-endian is read; load it in Python and save it on a little-endian machine';
    expect(await refused(readWeights(await zipPth(tensors, { byteOrder: 'big' })))).toBe(says);
    expect(await refused(readWeights(legacyPth(tensors, { littleEndian: false })))).toBe(says);
    expect(await refused(readWeights(await zipPth(tensors, { byteOrder: 'pdp' })))).toBe(
      'readWeights: the bytes given is of the byte order pdp',
    );
  });

  test('with one bit of its numbers changed is refused, unless told', async () => {
    const bytes = await zipPth(tensors);
    const at = Buffer.from(bytes).indexOf(Buffer.from(Float32Array.of(6).buffer));
    bytes[at] = 1;
    expect(await refused(readWeights(bytes))).toContain(
      'is damaged: archive/data/0 does not fit its checksum',
    );
    const read = await readWeights(bytes, { checksums: false });
    expect(read.get('fc.weight')?.values()[5]).not.toBe(6);
  });

  test.each([
    ['a parameter', ['torch._utils', '_rebuild_parameter'], /^read$/],
    ['a whole model', ['torchvision.models.resnet', 'ResNet'], /may be a whole model/],
    ['settings', ['argparse', 'Namespace'], /may be a checkpoint that keeps settings/],
    ['a class of a script', ['__main__', 'Net'], /may be a whole model/],
    ['a command', ['os', 'system'], /asks for os\.system,.* made to do harm/],
    ['a name with odd characters', ['os', 'sys\u0007tem'], /asks for os\.sys\?tem,/],
  ])('that asks for %s', async (_, [module, name], says) => {
    const [tensor] = tensors as [PthTensor];
    const pickle = new Pickler().orderedDict().text('x');
    pickle
      .global(module as string, name as string)
      .op('(')
      .tensor(tensor, '0');
    pickle.op(0x89).orderedDict().op('tRs');
    expect(await refused(readWeights(await zipPth([tensor], { pickle: pickle.done() })))).toMatch(
      says,
    );
  });

  test('is read out of a checkpoint, at the usual place or where it is told', async () => {
    const pickle = new Pickler().op('}').text('epoch').int(3).op('s');
    pickle.text('ema').stateDict(tensors.slice(0, 1)).op('s');
    pickle.text('model').stateDict(tensors).op('s');
    const bytes = await zipPth(tensors, { pickle: pickle.done() });
    expect([...(await readWeights(bytes)).keys()]).toEqual(['fc.weight', 'fc.bias']);
    expect([...(await readWeights(bytes, { under: 'ema' })).keys()]).toEqual(['fc.weight']);
    expect(await refused(readWeights(bytes, { under: 'emma' }))).toBe(
      'readWeights: the bytes given has no dict under emma; its keys are epoch, ema, model',
    );
  });

  test('without tensors says what it has instead', async () => {
    const pickle = new Pickler().op('}').text('epoch').int(3).op('s');
    pickle.text('encoder').stateDict(tensors).op('s');
    expect(await refused(readWeights(await zipPth(tensors, { pickle: pickle.done() })))).toBe(
      'readWeights: the bytes given holds no tensors: it has epoch, encoder instead; if the weights stand under one of these, pass { under: … }',
    );
    const one = new Pickler().tensor(tensors[0] as PthTensor, '0').done();
    expect(await refused(readWeights(await zipPth(tensors, { pickle: one })))).toContain(
      'holds one tensor, where a state dict is a dict of tensors',
    );
  });

  test('may repeat an element, but not into more than the file has bytes', async () => {
    const [tensor] = tensors as [PthTensor];
    const repeated = (count: number) => {
      const pickle = new Pickler()
        .orderedDict()
        .text('x')
        .global('torch._utils', '_rebuild_tensor_v2');
      pickle.op('((').text('storage').global('torch', 'FloatStorage').text('0').text('cpu').int(6);
      pickle.op('tQ').int(1).ints([count, 2]).ints([0, 1]).op(0x89).orderedDict().op('tRs');
      return zipPth([tensor], { pickle: pickle.done() });
    };
    const read = await readWeights(await repeated(3));
    expect(read.get('x')?.values()).toEqual(Float32Array.of(2, 3, 2, 3, 2, 3));
    expect(await refused(readWeights(await repeated(2 ** 30)))).toMatch(
      /claims 2147483648 elements for x in \d+ bytes/,
    );
  });
});

describe('a source', () => {
  test('may be a buffer, a view into one, or a blob', async () => {
    const bytes = await writers.safetensors(tensors);
    const wide = new Uint8Array(bytes.length + 3);
    wide.set(bytes, 3);
    for (const source of [bytes.buffer, new DataView(wide.buffer, 3), new Blob([bytes.slice()])]) {
      const read = await readWeights(source as ArrayBuffer);
      expect(read.get('fc.bias')?.values()).toEqual(Float32Array.of(-1, 0.5));
    }
  });

  test('may be a URL, which is fetched', async () => {
    const bytes = await writers.safetensors(tensors);
    const server = createServer((request, response) => {
      response.writeHead(request.url === '/net.safetensors' ? 200 : 404).end(bytes);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      const read = await readWeights(new URL(`${base}/net.safetensors`));
      expect([...read.keys()]).toEqual(['fc.weight', 'fc.bias']);
      expect(await refused(readWeights(`${base}/other`))).toBe(
        `readWeights: ${base}/other cannot be fetched: the server said 404 Not Found`,
      );
    } finally {
      await new Promise((done) => server.close(done));
    }
    expect(await refused(readWeights(`${base}/net.safetensors`))).toMatch(
      /^readWeights: http.* cannot be fetched: \w/,
    );
    const data = `data:application/octet-stream;base64,${Buffer.from(bytes).toString('base64')}`;
    expect((await readWeights(data)).size).toBe(2);
  });

  test.each([
    [join(tmpdir(), 'no-such.pth'), /no-such\.pth does not exist$/],
    [tmpdir(), /is no file$/],
    ['', /source must be a path, a URL, a file or bytes, got an empty string/],
    [7, /source must be a path, a URL, a file or bytes, got number/],
    [new Uint8Array(0), /is empty$/],
    [text('<!doctype html><title>404</title>'), /is a page of HTML or XML/],
    [text('version https://git-lfs.github.com/spec/v1\n'), /git lfs pull/],
    [text('\u001f\u008b and more'), /is compressed with gzip/],
    [
      Uint8Array.of(0x80, 4, 0x95, 1, 2, 3, 4, 5, 6, 7),
      /is a pickle, but not one that torch.save wrote/,
    ],
    [text('short'), /is too short for any weights: 5 bytes/],
  ])('that holds no weights is refused with what it is: %#', async (source, says) => {
    expect(await refused(readWeights(source as string))).toMatch(says);
  });
});

function text(content: string): Uint8Array {
  return Uint8Array.from(content, (letter) => letter.charCodeAt(0));
}
