/** Where the signals of a process come from. */
export interface SignalSource {
  on(signal: "SIGTERM" | "SIGINT", listener: () => void): unknown;
  off(signal: "SIGTERM" | "SIGINT", listener: () => void): unknown;
}

const signals = ["SIGTERM", "SIGINT"] as const;

/** Exit statuses of programs that a signal ended. */
const exitStatus = { SIGTERM: 143, SIGINT: 130 } as const;

/** What came of waiting for the end. */
export interface Shutdown {
  /** Resolves with the first signal. */
  readonly wanted: Promise<(typeof signals)[number]>;
  /** Listens no more. */
  stop(): void;
}

/** Waits for a signal to end. @param atOnce is called with an exit status at the second signal. */
export function awaitShutdown(source: SignalSource, atOnce: (status: number) => void): Shutdown {
  let want: (signal: (typeof signals)[number]) => void = () => {};
  const wanted = new Promise<(typeof signals)[number]>((resolve) => {
    want = resolve;
  });
  let count = 0;
  const listeners = signals.map((signal) => {
    const listener = (): void => {
      count += 1;
      if (count === 1) want(signal);
      else atOnce(exitStatus[signal]);
    };
    source.on(signal, listener);
    return { signal, listener };
  });
  return {
    wanted,
    stop: () => {
      for (const { signal, listener } of listeners) source.off(signal, listener);
    },
  };
}
