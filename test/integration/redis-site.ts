import { PhoneSite } from "./redis-phone-site.js";
import { connectedClient, RedisServer, type TestClient } from "./redis-server.js";

/** A {@link PhoneSite} with its Redis. */
export class RedisSite extends PhoneSite {
  readonly redis: RedisServer;
  readonly admin: TestClient;

  private constructor(redis: RedisServer, admin: TestClient) {
    super([redis.url]);
    this.redis = redis;
    this.admin = admin;
  }

  /** Starts everything. Resolves when each phone waits. */
  static async start(): Promise<RedisSite> {
    const redis = await RedisServer.start();
    const site = new RedisSite(redis, await connectedClient(redis.url));
    await site.start();
    return site;
  }

  /** Ends everything. */
  override async close(): Promise<void> {
    await super.close();
    this.admin.destroy();
    await this.redis.close();
  }
}
