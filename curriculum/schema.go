package curriculum

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

//go:embed schema/*.json
var schemaFiles embed.FS

// The published schemas, by file name.
const (
	courseSchema    = "course.schema.json"
	lessonSchema    = "lesson.schema.json"
	questionsSchema = "questions.schema.json"
	scenarioSchema  = "scenario.schema.json"
	planSchema      = "plan.schema.json"
	leafletSchema   = "leaflet.schema.json"
	packSchema      = "pack.schema.json"
	drillSchema     = "drill.schema.json"
)

// Schemas returns the JSON Schemas (draft 2020-12) of the content files by file name: course.schema.json,
// lesson.schema.json (front matter), questions.schema.json, scenario.schema.json, plan.schema.json,
// leaflet.schema.json, pack.schema.json and drill.schema.json. The loader checks files against the same texts.
func Schemas() map[string][]byte {
	out := map[string][]byte{}
	for _, name := range []string{courseSchema, lessonSchema, questionsSchema, scenarioSchema, planSchema, leafletSchema, packSchema, drillSchema} {
		text, err := schemaFiles.ReadFile("schema/" + name)
		if err != nil {
			panic("curriculum: the schema files are embedded above: " + err.Error())
		}
		out[name] = text
	}
	return out
}

// compiled holds the schemas ready for use. No loader is able to fetch anything: a reference that leaves its own file
// would fail here, in every test.
var compiled = sync.OnceValue(func() map[string]*jsonschema.Schema {
	out := map[string]*jsonschema.Schema{}
	for name, text := range Schemas() {
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			panic("curriculum: " + name + ": " + err.Error())
		}
		c := jsonschema.NewCompiler()
		c.AssertFormat()
		c.UseLoader(noLoader{})
		url := "urn:nhaso:file:" + name
		if err := c.AddResource(url, doc); err != nil {
			panic("curriculum: " + name + ": " + err.Error())
		}
		out[name] = c.MustCompile(url)
	}
	return out
})

type noLoader struct{}

func (noLoader) Load(url string) (any, error) {
	return nil, errors.New("schemas are not loaded from outside: " + url)
}

// validate checks the document against a schema and says what is wrong, one Problem a place.
func (d *document) validate(schema string) []Problem {
	err := compiled()[schema].Validate(d.value)
	if err == nil {
		return nil
	}
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		return []Problem{d.at("", "%v", err)}
	}
	var out []Problem
	d.explain(invalid, &out)
	return out
}

// explain collects the leaves of the error tree: the branches only repeat that something below is wrong.
func (d *document) explain(e *jsonschema.ValidationError, out *[]Problem) {
	if len(e.Causes) > 0 {
		for _, cause := range e.Causes {
			d.explain(cause, out)
		}
		return
	}
	pointer := ""
	for _, step := range e.InstanceLocation {
		pointer += "/" + escapePointer.Replace(step)
	}
	field := fieldName(e.InstanceLocation)
	add := func(pointer, format string, args ...any) { *out = append(*out, d.at(pointer, format, args...)) }
	switch k := e.ErrorKind.(type) {
	case *kind.Required:
		for _, name := range k.Missing {
			add(pointer, "field %q is missing", name)
		}
	case *kind.DependentRequired:
		for _, name := range k.Missing {
			add(pointer+"/"+k.Prop, "field %q needs field %q beside it", k.Prop, name)
		}
	case *kind.AdditionalProperties:
		for _, name := range k.Properties {
			add(pointer+"/"+escapePointer.Replace(name), "unknown field %q", name)
		}
	case *kind.FalseSchema:
		add(pointer, "%s does not belong to this kind of question", field)
	default:
		add(pointer, "%s %s", field, reason(k))
	}
}

// fieldName turns a location into words: field "feedback", entry 3 of field "goals".
func fieldName(location []string) string {
	if len(location) == 0 {
		return "the document"
	}
	last := location[len(location)-1]
	n, err := strconv.Atoi(last)
	if err != nil {
		return fmt.Sprintf("field %q", last)
	}
	if len(location) == 1 {
		return fmt.Sprintf("entry %d", n+1)
	}
	return fmt.Sprintf("entry %d of %s", n+1, fieldName(location[:len(location)-1]))
}

func reason(k jsonschema.ErrorKind) string {
	switch k := k.(type) {
	case *kind.Type:
		hint := ""
		if slices.Contains(k.Want, "string") && k.Got != "object" && k.Got != "array" {
			hint = "; put text in quotes"
		}
		return fmt.Sprintf("must be %s, found %s%s", strings.Join(k.Want, " or "), k.Got, hint)
	case *kind.Enum:
		return fmt.Sprintf("must be one of %v", k.Want)
	case *kind.Pattern:
		if k.Want == `\S` {
			return "must not be empty"
		}
		return fmt.Sprintf("must match %s", k.Want)
	case *kind.Format:
		return fmt.Sprintf("must be a real %s such as 2026-01-31", k.Want)
	case *kind.MinItems:
		return fmt.Sprintf("needs at least %d, found %d", k.Want, k.Got)
	case *kind.MaxItems:
		return fmt.Sprintf("may have at most %d, found %d", k.Want, k.Got)
	case *kind.MaxLength:
		return fmt.Sprintf("may have at most %d characters, found %d", k.Want, k.Got)
	case *kind.Minimum:
		return fmt.Sprintf("must be at least %s", k.Want.RatString())
	case *kind.Maximum:
		return fmt.Sprintf("must be at most %s", k.Want.RatString())
	case *kind.ExclusiveMinimum:
		return fmt.Sprintf("must be more than %s", k.Want.RatString())
	default:
		return fmt.Sprintf("breaks the rule %s", strings.Join(k.KeywordPath(), "/"))
	}
}
