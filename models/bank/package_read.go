package bank

import (
	"archive/zip"
	"bytes"
	"io"
	"net/url"
	"path"
	"strings"
)

// Bounds of a package. What it says of its own sizes is not believed.
const (
	maxEntries  = 20_000
	maxEntry    = 10 << 20
	maxUnpacked = 200 << 20
)

// contents are the files of a package by name.
type contents struct {
	files map[string][]byte
	order []string
}

// unpack reads a ZIP file into memory; nothing is written anywhere. Names that point outside, doubles, locked files and
// bombs are refusals.
func unpack(data []byte) (*contents, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, refuse("file", "not_zip")
	}
	if len(z.File) > maxEntries {
		return nil, refuse("file", "too_many_files")
	}
	p, left := &contents{files: map[string][]byte{}}, int64(maxUnpacked)
	for _, f := range z.File {
		where := short(f.Name)
		if !safeName(f.Name) {
			return nil, refuse(where, "path_outside")
		}
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		if f.Flags&1 != 0 {
			return nil, refuse(where, "locked")
		}
		if !f.Mode().IsRegular() {
			return nil, refuse(where, "path_outside")
		}
		if _, double := p.files[f.Name]; double {
			return nil, refuse(where, "file_twice")
		}
		text, err := readEntry(f, min(left, maxEntry))
		if err != nil {
			return nil, refuse(where, "not_zip")
		}
		if left -= int64(len(text)); left <= 0 || len(text) > maxEntry {
			return nil, refuse(where, "too_large")
		}
		p.files[f.Name], p.order = text, append(p.order, f.Name)
	}
	return p, nil
}

// readEntry reads at most one byte more than allowed.
func readEntry(f *zip.File, most int64) ([]byte, error) {
	in, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	text, err := io.ReadAll(io.LimitReader(in, most+1))
	if int64(len(text)) > most {
		return text[:most+1], nil
	}
	return text, err
}

// safeName reports whether a name stays inside the package.
func safeName(name string) bool {
	clean := strings.TrimSuffix(name, "/")
	return clean != "" && len(name) < 500 && !strings.ContainsAny(name, "\\\x00") && !path.IsAbs(name) && !strings.Contains(name, ":") &&
		path.Clean(clean) == clean && clean != ".." && !strings.HasPrefix(clean, "../")
}

// file finds a file as one in a folder refers to it.
func (p *contents) file(from, ref string) (name string, data []byte, ok bool) {
	for _, name := range []string{path.Join(path.Dir(from), ref), path.Clean(ref)} {
		if name = p.named(name); p.files[name] != nil {
			return name, p.files[name], true
		}
	}
	return "", nil, false
}

// named is the name of a file in the package: a reference is a web address, in which letters may be written as %C3%A2.
func (p *contents) named(ref string) string {
	if _, ok := p.files[ref]; ok {
		return ref
	}
	if plain, err := url.PathUnescape(ref); err == nil {
		if _, ok := p.files[plain]; ok {
			return plain
		}
	}
	return ref
}

// resource is one item that a manifest lists.
type resource struct {
	name string
	tags []string
	rest string
}

// qti reads a package, or a single item.
func (r *reader) qti(data []byte) error {
	if !bytes.HasPrefix(data, []byte("PK")) {
		root, err := parseXML(data)
		if err != nil {
			return err
		}
		return r.qtiFile(root, resource{name: "file"}, &contents{})
	}
	p, err := unpack(data)
	if err != nil {
		return err
	}
	list, err := r.manifest(p)
	if err != nil {
		return err
	}
	for _, res := range list {
		if r.full() {
			return refuse(short(res.name), "too_many_questions")
		}
		text, here := p.files[res.name]
		if !here {
			r.skip(short(res.name), "file_missing", "")
			continue
		}
		root, err := parseXML(text)
		if err != nil {
			return inFile(res.name, err)
		}
		if err := r.qtiFile(root, res, p); err != nil {
			return err
		}
	}
	return nil
}

// qtiFile reads what one XML file holds.
func (r *reader) qtiFile(root *node, res resource, p *contents) error {
	where := short(res.name)
	switch root.name {
	case "assessmentItem":
		it := r.qtiItem(root, res.name, p)
		it.tags, it.rest = res.tags, res.rest
		r.keep(it)
	case "assessmentTest", "assessmentSection", "assessmentStimulus", "manifest":
		if len(p.files) == 0 {
			return refuse(where, "no_questions")
		}
		// How items are put together: here they are single questions.
	case "questestinterop":
		for _, item := range root.find("item") {
			r.skip(where+": "+short(item.at("ident")), "qti_1", "")
		}
	default:
		r.skip(where, "not_qti", short(root.name))
	}
	return nil
}

// inFile adds the file's name to the place of a refusal.
func inFile(name string, err error) error {
	if e := refusalOf(err); e != nil && len(e.Fields) == 1 {
		return refuse(short(name)+", "+e.Fields[0].Location, e.Fields[0].Code)
	}
	return err
}

// manifest lists the items of a package in its order; without a manifest, every XML file.
func (r *reader) manifest(p *contents) (list []resource, err error) {
	text, ok := p.files["imsmanifest.xml"]
	if !ok {
		for _, name := range p.order {
			if strings.EqualFold(path.Ext(name), ".xml") {
				list = append(list, resource{name: name})
			}
		}
		return list, nil
	}
	root, err := parseXML(text)
	if err != nil {
		return nil, inFile("imsmanifest.xml", err)
	}
	for _, n := range root.find("resource") {
		kind := n.at("type")
		if !strings.Contains(kind, "imsqti") || strings.Contains(kind, "imsqti_test") || strings.Contains(kind, "imsqti_assessment") {
			continue
		}
		res := resource{name: p.named(path.Clean(n.at("href"))), rest: strings.TrimSpace(n.first("metadata").first("rest").inner())}
		for _, k := range n.first("metadata").find("keyword") {
			for _, s := range append(k.all("string"), k.all("langstring")...) {
				res.tags = append(res.tags, strings.TrimSpace(s.inner()))
			}
		}
		list = append(list, res)
	}
	return list, nil
}
