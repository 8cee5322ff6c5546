import { drivers, loads } from './drivers.js';

const names = ['VK_DRIVER_FILES', 'VK_ICD_FILENAMES'] as const;
const own = names.map((name) => process.env[name]);
afterEach(() => {
  for (const [i, name] of names.entries()) {
    if (own[i] === undefined) delete process.env[name];
    else process.env[name] = own[i];
  }
});

const onLinux = process.platform === 'linux' ? describe : describe.skip;

onLinux('drivers', () => {
  test('names the drivers that Vulkan is told of, and those of them that are not there', () => {
    process.env.VK_DRIVER_FILES = `${__filename}:/nowhere/icd.json`;
    process.env.VK_ICD_FILENAMES = '/not/looked/at.json';
    expect(drivers()?.vulkan).toContain(
      `; VK_DRIVER_FILES names ${__filename}:/nowhere/icd.json, of which /nowhere/icd.json does not exist`,
    );
    delete process.env.VK_DRIVER_FILES;
    expect(drivers()?.vulkan).toContain('; VK_ICD_FILENAMES names /not/looked/at.json, of which');
  });

  test('looks where the loader looks when it is told of none', () => {
    for (const name of names) delete process.env[name];
    expect(drivers()?.vulkan).toMatch(/; (no driver in .*|drivers .*)icd\.d/);
  });

  test('says something of the GPU and of CUDA', () => {
    expect(drivers()?.gpu).toMatch(/^(none in \/dev|\/dev\/.+)$/);
    expect(drivers()?.cuda).toMatch(/^(no NVIDIA driver is loaded|NVIDIA driver .+)$/);
  });
});

onLinux('loads', () => {
  test('tells a library of the system from one that is not there', () => {
    expect(loads('libm.so.6')).toBe(true);
    expect(loads('libnowhere.so.1')).toBe(false);
  });
});
