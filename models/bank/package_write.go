package bank

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"io"
	"slices"

	"nhaso/curriculum"
)

// imscp is what differs between the manifests of the two versions.
type imscp struct{ space, schema, version, item string }

var (
	manifest21 = imscp{"http://www.imsglobal.org/xsd/imscp_v1p1", "QTIv2.1 Package", "1.0.0", "imsqti_item_xmlv2p1"}
	manifest30 = imscp{"http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1", "QTI Package", "3.0.0", "imsqti_item_xmlv3p0"}
)

const lomSpace = "http://ltsc.ieee.org/xsd/LOM"

// qti writes a package: the manifest, an item a file, the pictures. The same questions give the same bytes.
func (w *writer) qti(questions []curriculum.Question, three bool) ([]byte, error) {
	form := manifest21
	if three {
		form = manifest30
	}
	list := el("resources", nil)
	files, media, used := []packed{}, map[string]curriculum.Image{}, map[string]bool{}
	for n := range questions {
		q := &questions[n]
		image, ok := w.picture(q)
		if !ok {
			w.skip(q, "picture_missing")
			continue
		}
		i := newQTIItem(q, image)
		if image != nil && q.Spots != nil && (i.size.w == 0 || i.size.h == 0) {
			w.skip(q, "picture_without_size")
			continue
		}
		id := partID(q.Key)
		for m := 2; used[id]; m++ {
			id = partID(q.Key) + "." + itoa(m)
		}
		used[id] = true
		name := "items/" + id + ".xml"
		item := i.root(id)
		resource := el("resource", with("identifier", "item-"+id, "type", form.item, "href", name), w.qtiMetadata(q, item, image), el("file", with("href", name)))
		if image != nil {
			media[image.Src] = *image
			resource.kids = append(resource.kids, el("file", with("href", "media/"+image.Src)))
		}
		if three {
			item = item.modern()
			item.attr[1] = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
		}
		list.kids = append(list.kids, resource)
		files = append(files, packed{name, document(item)})
		w.report.Exported++
	}
	root := el("manifest", with("xmlns", form.space, "identifier", "nhaso-questions"),
		el("metadata", nil, el("schema", nil, form.schema), el("schemaversion", nil, form.version)), el("organizations", nil), list)
	files = append([]packed{{"imsmanifest.xml", document(root)}}, files...)
	for _, src := range sortedKeys(media) {
		files = append(files, packed{"media/" + src, media[src].Data})
	}
	return pack(files)
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// qtiMetadata is what the manifest says of an item: our tags as key words, and the extension.
func (w *writer) qtiMetadata(q *curriculum.Question, item *element, image *curriculum.Image) *element {
	general := el("general", nil, el("title", nil, el("string", nil, q.Key)))
	tags := tagsOf(q)
	for _, t := range tags {
		general.kids = append(general.kids, el("keyword", nil, el("string", nil, t)))
	}
	meta := el("metadata", nil, el("lom", with("xmlns", lomSpace), general))
	scratch := &reader{seen: map[string]bool{}, images: map[string]curriculum.Image{}}
	p := &contents{files: map[string][]byte{}}
	if image != nil {
		p.files["media/"+image.Src] = image.Data
	}
	got := scratch.qtiItem(item.tree(), "items/x.xml", p)
	if rest := restOf(applyTags(got.q, tags), *q); rest != "" {
		meta.kids = append(meta.kids, extension(rest))
	}
	return meta
}

// packed is a file of a package.
type packed struct {
	name string
	data []byte
}

// pack writes a ZIP file without times, so that it depends on its contents alone.
func pack(files []packed) ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	z.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) { return flate.NewWriter(out, flate.BestCompression) })
	for _, f := range files {
		out, err := z.CreateHeader(&zip.FileHeader{Name: f.name, Method: zip.Deflate})
		if err != nil {
			return nil, err
		}
		if _, err := out.Write(f.data); err != nil {
			return nil, err
		}
	}
	err := z.Close()
	return b.Bytes(), err
}
