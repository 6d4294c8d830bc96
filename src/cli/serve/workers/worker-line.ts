import { type FromWorker, type Line, readMessage, sendOn, type ToWorker } from "./line.js";

/** The line of a worker to the first process. */
export function workerLine(worker: NodeJS.Process = process): Line {
  // A send that fails because the first process is gone is told by `disconnect`.
  const onFailure = (): void => {};
  return {
    send: (message) => {
      if (worker.connected) worker.send?.(message, undefined, undefined, onFailure);
    },
    onMessage: (listener) => worker.on("message", listener),
  };
}

/** Says hello, and waits to be told who the worker is: what is sent to a process before it listens may be lost. */
export function welcomed(line: Line): Promise<ToWorker & { kind: "welcome" }> {
  return new Promise((resolve) => {
    line.onMessage((received) => {
      const message = readMessage<ToWorker>(received);
      if (message?.kind === "welcome") resolve(message);
    });
    sendOn<FromWorker>(line, { kind: "hello" });
  });
}
