import { Fragment } from "preact";

/** A name that may be broken after its joints, rather than anywhere; copied, it is as it was. */
export function Breakable({ text }: { text: string }) {
  const parts = text.split(/(?<=[_./:])/);
  return (
    <>
      {parts.map((part, i) => (
        <Fragment key={i}>
          {i === 0 ? null : <wbr />}
          {part}
        </Fragment>
      ))}
    </>
  );
}
