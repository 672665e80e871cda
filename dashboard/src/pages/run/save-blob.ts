/** Has the browser save it. It is never opened: what an agent left is not to run on this origin. */
export function saveBlob(blob: Blob, name: string): void {
  // Without a type that a browser would show, whatever it holds.
  const url = URL.createObjectURL(new Blob([blob], { type: 'application/octet-stream' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
