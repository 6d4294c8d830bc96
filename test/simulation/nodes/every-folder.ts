/** Folders to watch: all that there are, and will be. */
export class EveryFolder extends Array<string> {
  override includes(): boolean {
    return true;
  }
}
