/** One test of a contract suite, for any runner: `for (const { name, run } of suite) test(name, run)`. */
export interface ContractTest {
  readonly name: string;
  /** Rejects with an AssertionError of node:assert when the subject breaks the contract. */
  run(): Promise<void>;
}
