import { askSelf } from './askSelf.js';

// Of the program as built.
describe('askSelf', () => {
  test('brings the answer of a process of its own', async () => {
    expect(await askSelf('look', 60)).toEqual({
      answer: expect.objectContaining({ tfjs: expect.any(String), auto: expect.anything() }),
    });
  });

  test('brings the error that it ended with', async () => {
    expect(await askSelf('speed-abacus', 60)).toEqual({
      failure:
        'doctor: --ask must be look or speed-<backend>, of tensorflow, webgpu, wasm, cpu, got speed-abacus',
    });
  });

  test('waits no longer than it is told', async () => {
    expect(await askSelf('look', 0.02)).toEqual({ failure: 'no answer within 0.02 s' });
  });
});
