/**
 * What a Status of Sync means for the device ([MS-ASCMD] 2.2.3.177.17): take what is there, begin the folder with key 0, do FolderSync first,
 * send the same again later, or do not send it again.
 */
export function syncVerdict(status: number): "taken" | "restart" | "hierarchy" | "again" | "never" {
  switch (status) {
    case 1:
      return "taken";
    // The key is not known, or the state behind it cannot be used.
    case 3:
    case 134:
    case 136:
      return "restart";
    case 8:
    case 12:
      return "hierarchy";
    // 9: somebody must free space first. 13: what the server had cached is gone; the whole request is sent every time.
    case 5:
    case 9:
    case 13:
    case 16:
      return "again";
    default:
      return status >= 100 ? "again" : "never";
  }
}
