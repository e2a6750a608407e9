// Which targets a delegated role is trusted with.

/** By its path, or by what the SHA-256 of the path begins with. */
export const covers = ({ paths, pathHashPrefixes }, path, pathHash) =>
  paths.some((pattern) => matches(pattern, path))
  || pathHashPrefixes.some((prefix) => pathHash.startsWith(prefix));

/** `*` and `?` stand for characters other than `/`. Of several stars only the last is gone back to. */
function matches(pattern, path) {
  let p = 0;
  let i = 0;
  let star = -1;
  let resume = -1;
  while (i < path.length) {
    if (pattern[p] === "*") {
      star = p++;
      resume = i;
    } else if (pattern[p] === path[i] || (pattern[p] === "?" && path[i] !== "/")) {
      p++;
      i++;
    } else if (star >= 0 && path[resume] !== "/") {
      p = star + 1;
      i = ++resume;
    } else {
      return false;
    }
  }
  while (pattern[p] === "*") p++;
  return p === pattern.length;
}
