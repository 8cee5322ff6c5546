// The npm package webgpu for the tests. Its own entry is an ES module that jest does not read; all that the entry does
// is to load the native module of this platform, which jest takes from Node, once a process.
const { dirname, join } = require('node:path');

const home = dirname(require.resolve('webgpu/package.json'));
const { platform, arch } = process;
const build = platform === 'darwin' ? 'darwin-universal' : `${platform}-${arch}`;
module.exports = require(join(home, 'dist', build, 'dawn.node'));
