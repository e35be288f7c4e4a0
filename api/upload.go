package api

import (
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"os"

	"github.com/danielgtaylor/huma/v2"

	"nhaso/models"
)

// fileForm is a received multipart form with one file. The file waits on disk,
// so that a slow line holds neither memory nor a transaction.
type fileForm struct {
	*os.File
	size   int64
	title  string // the name the file has at home
	fields map[string]string
}

// maxField bounds one text field of a form, in bytes.
const maxField = 4 << 10

// registerUpload is register for operations that take a file in a multipart
// form. fields name the text fields, with their descriptions.
func registerUpload[I, O any](s *server, o op, fields map[string]string, handle func(context.Context, models.Actor, *I, *fileForm) (*O, error)) {
	o.upload = true
	register(s, o, func(ctx context.Context, actor models.Actor, in *I) (*O, error) {
		form, err := receive(requestOf(ctx).incoming)
		if err != nil {
			return nil, err
		}
		defer form.discard()
		return handle(ctx, actor, in, form)
	})
	// After Register: huma would otherwise read the body itself, into memory.
	schema := &huma.Schema{Type: huma.TypeObject, Required: []string{"file"}, Properties: map[string]*huma.Schema{
		"file": {Type: huma.TypeString, Format: "binary", Description: "CSV or XLSX, at most 50 MB."},
	}}
	for name, text := range fields {
		schema.Properties[name] = &huma.Schema{Type: huma.TypeString, Description: text}
	}
	s.huma.OpenAPI().Paths[o.path].Post.RequestBody = &huma.RequestBody{
		Required: true, Content: map[string]*huma.MediaType{"multipart/form-data": {Schema: schema}},
	}
}

// receive reads the form of a request part by part. Errors: KindInvalid at
// body or body.file, KindTooLarge.
func receive(r *http.Request) (*fileForm, error) {
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, models.InvalidField("body", "multipart_expected")
	}
	form := &fileForm{fields: map[string]string{}}
	if err := form.readAll(parts); err != nil {
		form.discard()
		return nil, err
	}
	return form, nil
}

func (f *fileForm) readAll(parts *multipart.Reader) error {
	for {
		part, err := parts.NextPart()
		if err == io.EOF { // a cut-off form answers a wrapped EOF
			break
		}
		if err != nil {
			return broken(err)
		}
		if err := f.take(part); err != nil {
			return err
		}
	}
	if f.File == nil {
		return models.InvalidField("body.file", "required")
	}
	_, err := f.Seek(0, io.SeekStart)
	return err
}

// take keeps one part: the file on disk, a short text in memory.
func (f *fileForm) take(part *multipart.Part) error {
	if part.FormName() != "file" || f.File != nil {
		text, err := io.ReadAll(io.LimitReader(part, maxField+1))
		if err != nil {
			return broken(err)
		}
		if len(text) > maxField || len(f.fields) > 20 {
			return models.InvalidField("body", "too_long")
		}
		f.fields[part.FormName()] = string(text)
		return nil
	}
	var err error
	if f.File, err = os.CreateTemp("", "nhaso-upload-*"); err != nil {
		return err
	}
	f.title = part.FileName()
	if f.size, err = io.Copy(f.File, part); err != nil {
		return broken(err)
	}
	return nil
}

// broken tells a form that is too large from one that was cut off.
func broken(err error) error {
	if tooLarge(err) {
		return &models.Error{Kind: models.KindTooLarge, Code: string(models.KindTooLarge), Err: err}
	}
	return &models.Error{Kind: models.KindInvalid, Code: "invalid", Fields: []models.Field{{Location: "body", Code: "incomplete"}}, Err: err}
}

// discard removes the file from the disk.
func (f *fileForm) discard() {
	if f.File == nil {
		return
	}
	_ = f.Close()
	_ = os.Remove(f.Name())
}
