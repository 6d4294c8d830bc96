/** What is run as a script: its keys, all of one hash slot, and its arguments. */
export interface ScriptInput {
  keys: string[];
  arguments: string[];
}

/** A master of a cluster, as its client knows it: as much of it as is used here. */
export interface ClusterMaster {
  readonly host: string;
  readonly port: number;
  /** Its connection, where there is one. */
  readonly client?: { destroy(): void };
  /** While that is made for the first time. */
  readonly connectPromise?: Promise<unknown>;
  readonly pubSub?: {
    readonly client: { on(event: string, listener: (...told: unknown[]) => void): unknown };
  };
}

/** A client of the package `redis`, as `createClient` or `createCluster` makes it: as much of it as is used here. */
export interface RedisConnection {
  /** Whether it is connected, so that a command is sent at once. */
  readonly isReady: boolean;
  connect(): Promise<unknown>;
  destroy(): void;
  duplicate(overrides?: object): RedisConnection;
  /** Of a cluster alone: those that slots are divided among, with the connections that subscribe there. */
  readonly masters?: readonly ClusterMaster[];
  on(event: string, listener: (...told: unknown[]) => void): unknown;
  off(event: string, listener: (...told: unknown[]) => void): unknown;
  hGet(key: string, field: string): Promise<unknown>;
  hDel(key: string, field: string): Promise<unknown>;
  get(key: string): Promise<unknown>;
  mGet(keys: string[]): Promise<unknown[]>;
  del(key: string): Promise<unknown>;
  eval(script: string, input: ScriptInput): Promise<unknown>;
  evalSha(sha1: string, input: ScriptInput): Promise<unknown>;
  sPublish(channel: string, message: string): Promise<unknown>;
  sSubscribe(channel: string, listener: (message: string, channel: string) => void): Promise<unknown>;
  sUnsubscribe(channel: string, listener: (message: string, channel: string) => void): Promise<unknown>;
}
