// Where snapshots go. The same address must stand among the program's request domains.
module.exports = {
  endpoint: "https://faultscan.example",
  app: { name: "faultscan-alipay", version: "0.1.0" },
};
