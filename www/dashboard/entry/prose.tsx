/** Text with its `code spans` as code. */
export function Prose({ text }: { text: string }) {
  const pieces = text.split(/`([^`\n]+)`/);
  return (
    <>
      {pieces.map((piece, i) =>
        i % 2 === 1 ? (
          <code key={i} class="in-prose">
            {piece}
          </code>
        ) : (
          piece
        ),
      )}
    </>
  );
}
