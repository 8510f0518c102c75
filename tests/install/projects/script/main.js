const { ticket, endpoint } = Object.fromEntries(new URLSearchParams(location.search));
Faultscan.Diag.init({ qrContext: ticket, endpoint, app: { name: "script", version: "1" } })
  .then((diag) => {
    console.error("dial tcp 10.0.3.21:5432: connect: connection refused");
    return diag.capture();
  })
  .then((answer) => {
    document.body.textContent = JSON.stringify(answer);
  });
