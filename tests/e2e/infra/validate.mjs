// SPDX-License-Identifier: Apache-2.0
// node validate.mjs FOLDER TEMPLATE...: what AWS's validator, installed in FOLDER, says of each
// template, a line of JSON for each.
import { createRequire } from "node:module";

const [folder, ...templates] = process.argv.slice(2);
const { CelEngine, TemplateFile, TemplateModel } = createRequire(`${folder}/`)(
    "@aws/cloudformation-validate");

const engine = new CelEngine();
for (const path of templates) {
    const file = new TemplateFile(path);
    const { diagnostics } = engine.validateStandard(file);
    const model = new TemplateModel(file);
    console.log(JSON.stringify({ diagnostics, resources: model.resources() }));
    model.free();
}
engine.free();
