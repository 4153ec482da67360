package law

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
)

// problems collects what is wrong with the tables, so that one load names
// everything. Each problem names the file and the field or row.
type problems struct{ list []error }

func (p *problems) addf(file, field, format string, args ...any) {
	if field == "" {
		field = "file"
	}
	p.list = append(p.list, fmt.Errorf("%s: %s: %s", file, field, fmt.Sprintf(format, args...)))
}

func (p *problems) err() error { return errors.Join(p.list...) }

// decodeStrict reads one JSON value into target, a pointer to a struct. Unknown,
// repeated and missing members are problems; a member is optional only if its tag
// says omitempty. It reports whether target may be used.
func decodeStrict(file, field string, data []byte, target any, p *problems) bool {
	before := len(p.list)
	checkMembers(file, field, data, reflect.TypeOf(target).Elem(), p)
	if len(p.list) > before {
		return false
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	if err := decoder.Decode(target); err != nil {
		p.addf(file, field, "%v", err)
		return false
	}
	if _, err := decoder.Token(); err != io.EOF {
		p.addf(file, field, "text after the end of the value")
		return false
	}
	return true
}

// checkMembers compares the members of a JSON object, and of the objects in it,
// with the tags of a struct type, and tries each value that is no struct.
func checkMembers(file, field string, data []byte, t reflect.Type, p *problems) {
	switch {
	case string(bytes.TrimSpace(data)) == "null":
		p.addf(file, field, "expected a value, found null")
	case t == reflect.TypeFor[json.RawMessage]():
	case t.Kind() == reflect.Pointer:
		checkMembers(file, field, data, t.Elem(), p)
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct:
		var items []json.RawMessage
		if err := json.Unmarshal(data, &items); err != nil {
			p.addf(file, field, "expected a list: %v", err)
			return
		}
		for i, item := range items {
			checkMembers(file, fmt.Sprintf("%s[%d]", field, i), item, t.Elem(), p)
		}
	case t.Kind() == reflect.Struct:
		checkObject(file, field, data, t, p)
	default:
		if err := json.Unmarshal(data, reflect.New(t).Interface()); err != nil {
			p.addf(file, field, "%v", err)
		}
	}
}

func checkObject(file, field string, data []byte, t reflect.Type, p *problems) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	if open, err := decoder.Token(); err != nil || open != json.Delim('{') {
		p.addf(file, field, "expected an object")
		return
	}
	wanted := members(t)
	seen := map[string]bool{}
	for decoder.More() {
		key, err := decoder.Token()
		var value json.RawMessage
		if err == nil {
			err = decoder.Decode(&value)
		}
		if err != nil {
			p.addf(file, field, "%v", err)
			return
		}
		name, path := key.(string), joinField(field, key.(string))
		member, known := wanted[name]
		switch {
		case !known:
			p.addf(file, path, "unknown field")
		case seen[name]:
			p.addf(file, path, "stated twice")
		default:
			checkMembers(file, path, value, member, p)
		}
		seen[name] = true
	}
	for i := range t.NumField() {
		name, optional := tagOf(t.Field(i))
		if !optional && !seen[name] {
			p.addf(file, joinField(field, name), "missing")
		}
	}
}

func members(t reflect.Type) map[string]reflect.Type {
	m := make(map[string]reflect.Type, t.NumField())
	for i := range t.NumField() {
		name, _ := tagOf(t.Field(i))
		m[name] = t.Field(i).Type
	}
	return m
}

func tagOf(f reflect.StructField) (name string, optional bool) {
	name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name, options == "omitempty"
}

func joinField(field, name string) string {
	if field == "" {
		return name
	}
	return field + "." + name
}
