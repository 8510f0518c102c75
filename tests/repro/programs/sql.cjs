// Runs SQL with the driver named, and lets its error end the program.
//
// usage: node sql.cjs pg|mysql2 URL SQL; SQL as for sql.py.
const [driver, url, sql] = process.argv.slice(2);

async function pg() {
  const { Client } = require("pg");
  const client = new Client({ connectionString: url });
  await client.connect();
  if (sql.startsWith("then: ")) {
    const [first, second] = sql.slice(6).split("; ");
    await client.query("begin");
    await client.query(first).catch(() => {});
    await client.query(second);
  } else {
    await client.query(sql);
  }
  await client.end();
}

async function mysql2() {
  const client = await require("mysql2/promise").createConnection(url);
  await client.query(sql === "big:" ? `select length('${"x".repeat(1 << 21)}')` : sql);
  await client.end();
}

({ pg, mysql2 })[driver]();
