import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { tensorflowFolder } from './tensorflowFolder.js';

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'bcl-tensorflow-')));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Files as a wheel has them; only their names are looked at, but for the version's. */
function lay(folder: string, more: Record<string, string> = {}): void {
  const files = {
    'libtensorflow_cc.so.2': '',
    'libtensorflow_framework.so.2': '',
    'include/tensorflow/c/c_api.h': '',
    'include/tensorflow/c/eager/c_api.h': '',
    ...more,
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

describe('tensorflowFolder', () => {
  test('takes the folder itself, or the site-packages around it', () => {
    const folder = join(root, 'tensorflow');
    lay(folder);
    const found = { folder, include: join(folder, 'include') };
    expect(tensorflowFolder(folder)).toEqual(found);
    expect(tensorflowFolder(root)).toEqual(found);
  });

  test.each(['version.h', 'release_version.h'])('reads the headers’ version from %s', (name) => {
    const text =
      '#define TF_MAJOR_VERSION 2\n#define TF_MINOR_VERSION 17\n#define TF_PATCH_VERSION 1\n';
    lay(root, { [`include/tensorflow/core/public/${name}`]: text });
    expect(tensorflowFolder(root).version).toBe('2.17.1');
  });

  test('says what is not there, and how to find the folder', () => {
    lay(root);
    rmSync(join(root, 'libtensorflow_framework.so.2'));
    rmSync(join(root, 'include/tensorflow/c/eager'), { recursive: true });
    expect(() => tensorflowFolder(root)).toThrow(
      `doctor: --link-tensorflow must name the folder tensorflow of a TensorFlow that pip installed, got ${root} without libtensorflow_framework.so.2, include/tensorflow/c/eager/c_api.h; after pip install tensorflow it is what this prints: python3 -c "import tensorflow; print(tensorflow.__path__[0])"`,
    );
    expect(() => tensorflowFolder(join(root, 'nowhere'))).toThrow('without libtensorflow_cc.so.2');
  });
});
