// What Grafana registers at its start and its panels rely on: the standard options of a field, those of the panels that are
// drawn here, and the transformations that the dashboards use.
import {
  dataLinksOverrideProcessor,
  displayNameOverrideProcessor,
  FieldConfigOptionsRegistry,
  identityOverrideProcessor,
  numberOverrideProcessor,
  standardFieldConfigEditorRegistry,
  standardTransformers,
  standardTransformersRegistry,
  stringOverrideProcessor,
  thresholdsOverrideProcessor,
  unitOverrideProcessor,
  valueMappingsOverrideProcessor,
} from '@grafana/data';

const standard = {
  unit: unitOverrideProcessor,
  min: numberOverrideProcessor,
  max: numberOverrideProcessor,
  decimals: numberOverrideProcessor,
  displayName: displayNameOverrideProcessor,
  noValue: stringOverrideProcessor,
  color: identityOverrideProcessor,
  thresholds: thresholdsOverrideProcessor,
  mappings: valueMappingsOverrideProcessor,
  links: dataLinksOverrideProcessor,
};

const custom = [
  'align',
  'axisSoftMax',
  'cellOptions',
  'drawStyle',
  'fillOpacity',
  'filterable',
  'lineInterpolation',
  'lineWidth',
  'showPoints',
  'spanNulls',
  'stacking',
  'width',
];

const option = (id, path, process, isCustom) => ({
  id,
  path,
  name: path,
  process,
  isCustom,
  shouldApply: () => true,
  override: () => null,
  editor: () => null,
});
const standardOptions = () => Object.entries(standard).map(([id, process]) => option(id, id, process, false));

/** The options of a field, for applyFieldOverrides. */
export const fieldOptions = new FieldConfigOptionsRegistry(() => [
  ...standardOptions(),
  ...custom.map((name) => option(`custom.${name}`, name, identityOverrideProcessor, true)),
]);

/** To be called once, before anything is drawn. */
export function register() {
  standardFieldConfigEditorRegistry.setInit(standardOptions);
  standardTransformersRegistry.setInit(() =>
    [standardTransformers.mergeTransformer, standardTransformers.organizeFieldsTransformer].map(
      (transformation) => ({
        id: transformation.id,
        name: transformation.name,
        transformation,
        editor: () => null,
      }),
    ),
  );
}
