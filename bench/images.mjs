// A folder of JPEGs as a stream: its speed beside that of sharp alone on the same files, and the memory that a process
// needs that streams 20 000 images. The files are made here, 500 x 375 pixels as ImageNet's usual ones, and come out as
// 256 x 256. Both ways are timed in turns; a ratio is that of neighbours, by the wall's time and, for machines that do other
// things as well, by the CPU time of the process.
//
//     node bench/images.mjs [--images 5000] [--rounds 7]
import { spawnSync } from 'node:child_process';
import { linkSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { imageFolder } from '@bcl/datasets';
import { createRandom } from '@bcl/random';
import sharp from 'sharp';
import { keep, round, summary } from './measure.mjs';

const { values } = parseArgs({
  options: {
    images: { type: 'string', default: '5000' },
    rounds: { type: 'string', default: '7' },
    stream: { type: 'string' },
  },
});
const SIZE = 256;
const CLASSES = 10;
const STREAMED = 20_000;

if (values.stream) {
  console.log(JSON.stringify(await memoryOf(values.stream)));
} else {
  const folder = mkdtempSync(join(tmpdir(), 'bcl-images-'));
  try {
    await main(folder, Number(values.images), Number(values.rounds));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function main(folder, count, rounds) {
  const files = await makeImages(folder, count);
  const stream = await imageFolder(folder, { size: SIZE });
  const ways = Object.entries({
    sharp: () => decodeAlone(files),
    stream: () => readThrough(stream),
  });
  const speed = { sharp: [], stream: [] };
  const cpu = { sharp: [], stream: [] };
  for (let i = -1; i < rounds; i++) {
    for (const [name, run] of i % 2 ? ways : [...ways].reverse()) {
      const before = process.cpuUsage();
      const start = performance.now();
      await run();
      if (i < 0) continue; // the first round warms up
      speed[name].push((1000 * count) / (performance.now() - start));
      const { user, system } = process.cpuUsage(before);
      cpu[name].push((user + system) / 1000 / count);
    }
  }
  const show = (numbers, digits) => {
    const { median, spread } = summary(numbers);
    return { median: round(median, digits), spread: round(spread, digits) };
  };
  const each = (numbers, digits) => ({
    sharp: show(numbers.sharp, digits),
    stream: show(numbers.stream, digits),
  });
  const result = {
    imagesPerSecond: each(speed, 0),
    cpuMsPerImage: each(cpu, 2),
    ratio: show(
      speed.stream.map((value, i) => value / speed.sharp[i]),
      3,
    ),
    cpuRatio: show(
      cpu.sharp.map((value, i) => value / cpu.stream[i]),
      3,
    ),
    bestCpuRatio: round(Math.min(...cpu.sharp) / Math.min(...cpu.stream), 3),
  };
  console.log(`${count} JPEGs, ${rounds} rounds, ${availableParallelism()} cores`);
  for (const what of ['imagesPerSecond', 'cpuMsPerImage']) {
    console.log(what);
    console.table(result[what]);
  }
  const { ratio, cpuRatio, bestCpuRatio } = result;
  console.log(`stream to sharp alone, by the wall's time: ${ratio.median} ± ${ratio.spread}`);
  console.log(
    `stream to sharp alone, by CPU time: ${cpuRatio.median} ± ${cpuRatio.spread}, by the best round of each: ${bestCpuRatio}`,
  );

  const memory = streamInChild(join(folder, '..'), files);
  console.log(
    `streaming ${memory.images} images of ${SIZE} x ${SIZE}: ${memory.residentMiB} MiB resident at most`,
  );
  keep('images', { sharp: sharp.versions.sharp, images: count, rounds, ...result, memory });
}

/** Pictures with edges and gradients: noise of few pixels, enlarged. */
async function makeImages(folder, count) {
  const random = createRandom(1);
  const files = [];
  for (let i = 0; i < count; i++) {
    const home = join(folder, `class${i % CLASSES}`);
    mkdirSync(home, { recursive: true });
    const raw = { width: 25, height: 19, channels: 3 };
    const noise = Uint8Array.from({ length: 25 * 19 * 3 }, () => 256 * random());
    const file = join(home, `${i}.jpg`);
    await sharp(noise, { raw })
      .resize(500, 375, { fit: 'fill' })
      .jpeg({ quality: 90 })
      .toFile(file);
    files.push(file);
  }
  return files;
}

/** The decoder's own speed: as many calls at a time as Node has threads for them. */
async function decodeAlone(files) {
  const threads = Number(process.env.UV_THREADPOOL_SIZE ?? 4);
  const queue = files.values();
  const work = async () => {
    for (const file of queue) await sharp(file).resize(SIZE, SIZE).raw().toBuffer();
  };
  await Promise.all(Array.from({ length: threads }, work));
}

async function readThrough(stream) {
  let seen = 0;
  for await (const { image } of stream.open({ epoch: 0, seed: 1 })) seen += image.length;
  if (seen !== stream.size * SIZE * SIZE * 3) throw new Error(`read ${seen} bytes`);
}

/** Streams the files, linked to until there are enough, in a process of its own. */
function streamInChild(home, files) {
  const folder = mkdtempSync(join(home, 'bcl-images-'));
  try {
    for (let i = 0; i < STREAMED; i++) {
      mkdirSync(join(folder, `class${i % CLASSES}`), { recursive: true });
      linkSync(files[i % files.length], join(folder, `class${i % CLASSES}`, `${i}.jpg`));
    }
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      [fileURLToPath(import.meta.url), '--stream', folder],
      { encoding: 'utf8' },
    );
    if (status !== 0) throw new Error(stderr);
    return JSON.parse(stdout);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Reads a whole epoch, batch by batch as a training does, and says how much memory that took. */
async function memoryOf(folder) {
  const stream = await imageFolder(folder, { size: SIZE });
  const batch = new Uint8Array(128 * SIZE * SIZE * 3);
  let images = 0;
  for await (const { image } of stream.open({ epoch: 0, seed: 1 })) {
    batch.set(image, (images++ % 128) * image.length);
  }
  return { images, residentMiB: Math.round(process.resourceUsage().maxRSS / 1024) };
}
