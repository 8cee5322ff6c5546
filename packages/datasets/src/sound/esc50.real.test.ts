import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { esc50 } from './esc50.js';
import { splitFold } from './splitFold.js';

const data = process.env.BCL_DATA || join(__dirname, '../../../../../shared/data');
const folder = join(data, 'esc-sample');
const there = existsSync(folder);
if (!there) console.log(`skipped: no real sounds at ${folder}; BCL_DATA names the folder`);

(there ? describe : describe.skip)('real clips of ESC', () => {
  test('are read to the bit, numbered as ESC-10 and parted by fold', async () => {
    const whole = await esc50(folder, { sampleRate: 16000, trim: false });
    expect(whole.sounds).toHaveLength(20);
    whole.files.forEach((file, i) => {
      const bytes = readFileSync(join(folder, file));
      const at = bytes.indexOf('data') + 8;
      const { buffer, byteOffset, byteLength } = whole.sounds[i] as Int16Array;
      const sound = Buffer.from(buffer, byteOffset, byteLength);
      expect(sound.equals(bytes.subarray(at, at + bytes.readUInt32LE(at - 4)))).toBe(true);
    });

    const set = await esc50(folder, { sampleRate: 16000, esc10: true });
    // dog, rain, clock_tick and rooster, five clips of each.
    expect([...set.labels].sort()).toEqual(
      [0, 1, 4, 8].flatMap((label) => new Array(5).fill(label)),
    );
    set.sounds.forEach((sound, i) => {
      expect(sound[0]).not.toBe(0);
      expect(sound.at(-1)).not.toBe(0);
      expect(sound.length).toBeLessThanOrEqual((whole.sounds[i] as Int16Array).length);
      expect(set.classNames[set.labels[i] as number]).toBe(
        whole.classNames[whole.labels[i] as number],
      );
    });
    for (let fold = 1; fold <= 5; fold++) {
      const { train, test } = splitFold(set, fold);
      expect([train.sounds.length, test.sounds.length]).toEqual([16, 4]);
      expect(new Set(test.labels).size).toBe(4);
    }
  }, 60_000);
});
