import type { BenchCluster } from "./bench-cluster.js";

/** Phones that nothing was done with yet. */
export class PhonePool {
  readonly #phones: number;
  readonly #processes: number;
  readonly #taken: number[];

  constructor({ phones, nodes }: BenchCluster) {
    this.#phones = phones;
    this.#processes = nodes.length;
    this.#taken = nodes.map(() => 0);
  }

  /** Takes phones whose first Ping one process holds, that of the index. */
  take(count: number, holder: number): number[] {
    const from = this.#taken[holder] ?? 0;
    this.#taken[holder] = from + count;
    const phones = Array.from({ length: count }, (_, at) => holder + (from + at) * this.#processes);
    if ((phones.at(-1) ?? 0) >= this.#phones) throw new Error("there are too few phones");
    return phones;
  }

  /** Takes all that are left, in no order. */
  takeRest(): number[] {
    const rest: number[] = [];
    for (let phone = 0; phone < this.#phones; phone++) {
      if (Math.floor(phone / this.#processes) >= (this.#taken[phone % this.#processes] ?? 0))
        rest.push(phone);
    }
    this.#taken.fill(this.#phones);
    return rest
      .map((phone) => ({ phone, at: Math.random() }))
      .sort((a, b) => a.at - b.at)
      .map(({ phone }) => phone);
  }
}
