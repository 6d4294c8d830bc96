interface Attempt {
  readonly deviceId: string;
  readonly response: string;
}

/** In which order the phones of a user tried to answer each meeting. */
export class MeetingAttempts {
  readonly #attempts = new Map<string, Attempt[]>();

  /** A phone tries to answer a meeting. @returns which attempt at it this is. */
  tried(user: string, title: string, deviceId: string, response: string): number {
    const key = `${user} ${title}`;
    const attempts = this.#attempts.get(key) ?? [];
    this.#attempts.set(key, attempts);
    return attempts.push({ deviceId, response }) - 1;
  }

  /** Whether another phone of the user has tried to answer otherwise since an attempt. */
  isAnsweredOtherwise(user: string, title: string, since: number): boolean {
    const [own, ...later] = (this.#attempts.get(`${user} ${title}`) ?? []).slice(since);
    return later.some(({ deviceId, response }) => deviceId !== own?.deviceId && response !== own?.response);
  }
}
