// Starts `concord lsp` for rule files.
const vscode = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

exports.activate = () => {
  const settings = vscode.workspace.getConfiguration("concord");
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  client = new LanguageClient(
    "concord",
    "Concord",
    {
      command: settings.get("path"),
      args: ["lsp", ...settings.get("arguments")],
      // The project file is looked for from here upwards.
      options: { cwd: folder },
    },
    { documentSelector: [{ scheme: "file", language: "yaml" }] },
  );
  return client.start();
};

exports.deactivate = () => client?.stop();
