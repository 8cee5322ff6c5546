import { parentPort, workerData } from 'node:worker_threads';
import { makeReplica } from './threads/makeReplica.js';
import type { Answer, ReplicaData, Request } from './threads/protocol.js';
import { ReplicaThread } from './threads/ReplicaThread.js';

// The entry of a thread that `train` starts: it answers requests, one at a time.
if (parentPort) {
  const port = parentPort;
  const answer = (message: Answer) => port.postMessage(message);
  const fail = (error: unknown, thread?: ReplicaThread) => {
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    thread?.abort(message);
    answer({ type: 'error', message, stack });
  };
  makeReplica(workerData as ReplicaData).then(
    (replica) => {
      const thread = new ReplicaThread(replica, workerData as ReplicaData);
      port.on('message', (request: Request) => {
        handle(thread, request).then(answer, (error) => fail(error, thread));
      });
      answer({ type: 'ready', value: null });
    },
    (error) => fail(error),
  );
}

async function handle(thread: ReplicaThread, request: Request): Promise<Answer> {
  switch (request.type) {
    case 'step':
      return { type: 'step', value: await thread.step(request.share, request.at) };
    case 'forward':
      return { type: 'forward', value: await thread.forward(request.share) };
    case 'put':
      thread.put(request);
      return { type: 'put', value: null };
    case 'adopt':
      thread.adopt(request);
      return { type: 'adopt', value: null };
    case 'pull':
      return { type: 'pull', value: await thread.pull(request) };
  }
}
