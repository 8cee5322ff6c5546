import { createRandom } from '@bcl/random';
import { withFolder } from '../fixtures/cifar.js';
import { fuzz } from '../fixtures/fuzz.js';
import { writeAt } from '../fixtures/images.js';
import { noise, wav } from '../fixtures/wav.js';
import type { Unreadable } from '../images/decodeAll.js';
import { esc50 } from './esc50.js';
import { type ClipList, parseClipList } from './readClips.js';
import type { SoundDataset } from './soundDataset.js';
import { splitFold } from './splitFold.js';
import { urbanSound8K } from './urbanSound8K.js';

const HEAD = 'filename,fold,target,category,esc10,src_file,take\n';
/** Clips of targets 0, 10, 49 and 12 in folds 1 to 4; the second is silent, the others begin and end with zeros. */
const ROWS: readonly [file: string, fold: number, target: number][] = [
  ['1-a-A-0.wav', 1, 0],
  ['2-b-A-10.wav', 2, 10],
  ['3-c-A-49.wav', 3, 49],
  ['4-d-A-12.wav', 4, 12],
];
const padded = (i: number) =>
  i === 1 ? new Int16Array(6) : Int16Array.of(0, 0, i + 1, 0, -5, 0, 0, 0);

async function writeEsc(root: string, list = 'meta/esc50.csv'): Promise<void> {
  const lines = ROWS.map(([file, fold, target]) => `${file},${fold},${target},"a, b",x,1,A\n`);
  await writeAt(`${root}/${list}`, HEAD + lines.join(''));
  for (const [i, [file]] of ROWS.entries()) {
    await writeAt(`${root}/audio/${file}`, wav(padded(i), { sampleRate: 44100 }));
  }
}

const plain = ({ sounds, labels, folds, files }: SoundDataset) =>
  files.map((file, i) => [file, labels[i], folds[i], [...(sounds[i] as Int16Array)]]);

describe('esc50', () => {
  test.each(['meta/esc50.csv', 'meta.csv'])('reads clips, trimmed, by %s', (list) =>
    withFolder(async (root) => {
      await writeEsc(root, list);
      const set = await esc50(root);
      expect(set).toMatchObject({ name: 'esc50', sampleRate: 44100 });
      expect(set.classNames).toHaveLength(50);
      expect([0, 10, 12, 49].map((i) => set.classNames[i])).toEqual([
        'dog',
        'rain',
        'crackling_fire',
        'hand_saw',
      ]);
      expect(plain(set)).toEqual([
        ['audio/1-a-A-0.wav', 0, 1, [1, 0, -5]],
        ['audio/2-b-A-10.wav', 10, 2, [0, 0, 0, 0, 0, 0]],
        ['audio/3-c-A-49.wav', 49, 3, [3, 0, -5]],
        ['audio/4-d-A-12.wav', 12, 4, [4, 0, -5]],
      ]);
      const whole = await esc50(root, { trim: false });
      expect(whole.sounds[0]).toEqual(padded(0));
    }),
  );

  test('numbers the classes of ESC-10 as the authors do', () =>
    withFolder(async (root) => {
      await writeEsc(root);
      const set = await esc50(root, { esc10: true });
      expect(set.name).toBe('esc10');
      expect(plain(set).map(([file, label]) => [file, label])).toEqual([
        ['audio/1-a-A-0.wav', 0],
        ['audio/2-b-A-10.wav', 1],
        ['audio/4-d-A-12.wav', 9],
      ]);
      expect(set.classNames).toEqual([
        'dog',
        'rain',
        'sea_waves',
        'crying_baby',
        'clock_tick',
        'sneezing',
        'helicopter',
        'chainsaw',
        'rooster',
        'crackling_fire',
      ]);
    }));

  test('resamples', () =>
    withFolder(async (root) => {
      await writeEsc(root);
      await writeAt(
        `${root}/audio/1-a-A-0.wav`,
        wav(noise(createRandom(1), 4410), { sampleRate: 44100 }),
      );
      const set = await esc50(root, { sampleRate: 16000, trim: false });
      expect(set.sampleRate).toBe(16000);
      expect(set.sounds[0]?.length).toBe(1600);
    }));

  test('names a clip that cannot be read, or reports it and goes on', () =>
    withFolder(async (root) => {
      await writeEsc(root);
      await writeAt(`${root}/audio/3-c-A-49.wav`, 'no sound');
      const message = `esc50: cannot read ${root}/audio/3-c-A-49.wav: it must be a WAV, FLAC or Ogg Vorbis file by its first bytes`;
      await expect(esc50(root)).rejects.toThrow(message);
      const reports: Unreadable[] = [];
      const set = await esc50(root, { onUnreadable: (report) => reports.push(report) });
      expect(set.files).toHaveLength(3);
      expect([...set.labels]).toEqual([0, 10, 12]);
      expect(reports.map(({ key, error }) => [key, error.message])).toEqual([
        ['audio/3-c-A-49.wav', message],
      ]);
    }));

  test.each([
    ['a,0,0', "row 1 must have a fold from 1 to 5, got '0'"],
    ['a,1,50', "row 1 must have a target from 0 to 49, got '50'"],
    ['a,1,', "row 1 must have a target from 0 to 49, got ''"],
    ['a,1,1e1', "got '1e1'"],
    ['../a,1,0', "row 1 must have the name of a file as filename, got '../a'"],
    ['..,1,0', "got '..'"],
    ['/etc/passwd,1,0', "got '/etc/passwd'"],
    ['a\\b,1,0', "got 'a\\b'"],
    ['a,1', 'Invalid Record Length'],
    ['"a,1,0', 'Quote Not Closed'],
    ['', 'it lists no files'],
  ])('refuses a list with %p', (row, message) =>
    withFolder(async (root) => {
      const path = await writeAt(`${root}/meta.csv`, `filename,fold,target\n${row}\n`);
      const error = await esc50(root).catch((reason: Error) => reason);
      expect((error as Error).message).toContain(`esc50: cannot read ${path}: `);
      expect((error as Error).message).toContain(message);
    }),
  );

  test('says what is missing', () =>
    withFolder(async (root) => {
      await expect(esc50(root)).rejects.toThrow(
        `esc50: ${root} must hold meta/esc50.csv or meta.csv or esc50.csv; give the folder as it unpacks`,
      );
      await expect(esc50('')).rejects.toThrow("esc50: root must be the path of a folder, got ''");
    }));

  test('reads or refuses ten thousand damaged lists', async () => {
    const list: ClipList = {
      caller: 'esc50',
      name: 'esc50',
      lists: [],
      columns: { file: 'filename', fold: 'fold', label: 'target' },
      folds: 5,
      classes: 50,
      folder: () => 'audio',
    };
    const csv = Buffer.from(
      `${HEAD}1-a-A-0.wav,1,0,dog,True,1,A\n"2,b.wav",2,10,"r ""x"" n",True,2,B\r\n3.wav,5,49,c,d,e,f\n`,
    );
    const read = (bytes: Uint8Array) => {
      for (const { file, fold, label } of parseClipList(list, bytes)) {
        const good =
          /^audio\/[^/\\]+$/.test(file) && fold >= 1 && fold <= 5 && label >= 0 && label < 50;
        if (!good || file.endsWith('/..')) throw new TypeError(`${file} ${fold} ${label}`);
      }
    };
    const named = ({ name, message }: Error) =>
      name === 'Error' && /^row|^it |Invalid|Quote/.test(message);
    const refused = await fuzz([csv], read, { count: 10_000, seed: 'csv', named });
    expect(refused).toBeGreaterThan(2000);
    expect(refused).toBeLessThan(9900);
  });
});

describe('urbanSound8K', () => {
  test('reads clips as they are, from the folders of the folds', () =>
    withFolder(async (root) => {
      await writeAt(
        `${root}/metadata/UrbanSound8K.csv`,
        'slice_file_name,fsID,start,end,salience,fold,classID,class\n1-3-0-0.wav,1,0.0,4.0,1,10,3,dog_bark\n2-9-0-1.wav,2,0,1,2,1,9,street_music\n',
      );
      await writeAt(`${root}/audio/fold10/1-3-0-0.wav`, wav(padded(0), { sampleRate: 44100 }));
      await writeAt(
        `${root}/audio/fold1/2-9-0-1.wav`,
        wav(Int16Array.of(1, 3, 2, 4), { sampleRate: 44100, channels: 2 }),
      );
      const set = await urbanSound8K(root);
      expect(set).toMatchObject({ name: 'urbansound8k', sampleRate: 44100 });
      expect(set.classNames[3]).toBe('dog_bark');
      expect(plain(set)).toEqual([
        ['audio/fold10/1-3-0-0.wav', 3, 10, [...padded(0)]],
        ['audio/fold1/2-9-0-1.wav', 9, 1, [2, 3]],
      ]);
    }));
});

describe('splitFold', () => {
  const set: SoundDataset = {
    name: 's',
    sounds: [1, 2, 3].map((x) => Int16Array.of(x)),
    labels: Uint8Array.of(0, 1, 0),
    folds: Uint8Array.of(1, 2, 1),
    files: ['a', 'b', 'c'],
    sampleRate: 16000,
    classNames: ['x', 'y'],
  };

  test('parts a set, no sound in both', () => {
    const { train, test: part } = splitFold(set, 1);
    expect(plain(train)).toEqual([['b', 1, 2, [2]]]);
    expect(plain(part)).toEqual([
      ['a', 0, 1, [1]],
      ['c', 0, 1, [3]],
    ]);
    expect(part.sounds[0]).toBe(set.sounds[0]);
    expect(part).toMatchObject({ name: 's', sampleRate: 16000, classNames: ['x', 'y'] });
  });

  test('refuses a fold that leaves nothing on one side', () => {
    expect(() => splitFold(set, 3)).toThrow(
      new RangeError('splitFold: fold must be one of several, got 3 of 1, 2 in s'),
    );
    expect(() => splitFold(splitFold(set, 1).test, 1)).toThrow('got 1 of 1 in s');
  });
});
