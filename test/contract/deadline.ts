/** Ends what hangs, and judges no speed: half of what the test runner allows. */
export const hangsAfterMs = 150_000;

/** Waits, but not for ever: a regression fails with what it waited for, instead of a test runner's time-out. */
export async function within<T>(what: string, promise: Promise<T>, milliseconds = hangsAfterMs): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Error(`waited ${milliseconds} ms in vain for ${what}`)),
      milliseconds,
    );
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits until a condition holds. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  const poll = async (): Promise<void> => {
    while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
  };
  await within(what, poll());
}
