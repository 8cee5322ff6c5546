import { PassThrough } from 'node:stream';
import { whenUnread } from './whenUnread.js';

const failure = (code: string) => Object.assign(new Error(`write ${code}`), { code });

test('whenUnread calls back when nobody reads any more, and passes on all else', () => {
  const stream = new PassThrough();
  const unread = jest.fn();
  whenUnread([stream], unread);
  stream.emit('error', failure('EPIPE'));
  stream.emit('error', failure('EIO'));
  expect(unread).toHaveBeenCalledTimes(2);
  expect(() => stream.emit('error', failure('ENOSPC'))).toThrow('write ENOSPC');
  expect(unread).toHaveBeenCalledTimes(2);
});
