package rights

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"html/template"
	"time"

	_ "embed"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/audit"
	"nhaso/models/paper"
	"nhaso/models/store"
)

//go:embed copy.html
var copyPage string

// keptCopies is how long after an access request was closed its copy can still
// be made.
const keptCopies = 30 * 24 * time.Hour

// Kept is everything that is kept about a person, table by table.
type Kept struct {
	Made    time.Time        `json:"made"`
	Person  models.ID        `json:"person"`
	Name    string           `json:"name"`
	Holding []store.HeldRows `json:"kept"`
}

// Copy makes the file for whoever asked to see what is kept: a ZIP with a page
// to read (du-lieu.html), the same as paper (du-lieu.pdf) and for programs
// (du-lieu.json). No secret,
// and nobody else's data, is in it. It is put on record each time. Errors:
// KindConflict "not_access" for a request of another kind, "request_closed"
// when it was refused or answered more than thirty days ago.
func (s *Rights) Copy(ctx context.Context, actor models.Actor, id models.ID) (file []byte, err error) {
	err = s.handle(ctx, actor, id, func(tx *gorm.DB, r Request) error {
		if r.Kind != Access {
			return models.Conflict("not_access")
		}
		now := s.clock.Now()
		if r.State == Refused || r.ClosedAt != nil && now.Sub(r.ClosedAt.UTC()) > keptCopies {
			return models.Conflict("request_closed")
		}
		if file, err = s.copyOf(tx, r.PersonID, now); err != nil {
			return err
		}
		if r.Open() {
			err := tx.Exec("UPDATE data_requests SET outcome = ?, owner_id = COALESCE(owner_id, ?), owner_name = CASE WHEN owner_name = '' THEN ? ELSE owner_name END,"+
				" state = ? WHERE id = ? AND live IS NOT NULL",
				`{"copied_at":"`+now.Format(time.RFC3339)+`"}`, actor.Account, cut(actor.Name, 120), Taken, id).Error
			if err != nil {
				return err
			}
		}
		return s.record(tx, actor, audit.PersonExported, r, nil)
	})
	return file, err
}

// copyOf makes the file.
func (s *Rights) copyOf(tx *gorm.DB, person models.ID, now time.Time) ([]byte, error) {
	kept, err := s.keptOf(tx, person, now)
	if err != nil {
		return nil, err
	}
	easy, err := readable(tx, kept)
	if err != nil {
		return nil, err
	}
	return pack(kept, easy)
}

// keptOf reads what every room keeps about a person.
func (s *Rights) keptOf(tx *gorm.DB, person models.ID, now time.Time) (Kept, error) {
	k := Kept{Made: now, Person: person, Holding: []store.HeldRows{}}
	names, err := namesOf(tx, []models.ID{person})
	if err != nil {
		return k, err
	}
	k.Name = names[person].FullName
	for i := len(s.held) - 1; i >= 0; i-- { // the person first, logs last
		h := s.held[i]
		if h.Apart {
			continue
		}
		rows, err := h.Read(tx, person)
		if err != nil {
			return k, err
		}
		if len(rows.Rows) > 0 {
			k.Holding = append(k.Holding, rows)
		}
	}
	return k, nil
}

var page = template.Must(template.New("copy").Funcs(template.FuncMap{
	"day": func(t time.Time) string { return t.In(models.VietNam()).Format("15:04 ngày 02/01/2006") },
}).Parse(copyPage))

// pack makes the ZIP of everything and of what is easy to read.
func pack(k, easy Kept) ([]byte, error) {
	var out, html bytes.Buffer
	if err := page.Execute(&html, easy); err != nil {
		return nil, err
	}
	var pdf bytes.Buffer
	if err := paper.HoldingsPaper(&pdf, sheetsOf(easy)); err != nil {
		return nil, err
	}
	plain, err := json.MarshalIndent(k, "", "  ")
	if err != nil {
		return nil, err
	}
	z := zip.NewWriter(&out)
	for _, f := range []struct {
		name string
		body []byte
	}{{"du-lieu.html", html.Bytes()}, {"du-lieu.pdf", pdf.Bytes()}, {"du-lieu.json", plain}} {
		w, err := z.CreateHeader(&zip.FileHeader{Name: f.name, Method: zip.Deflate, Modified: k.Made})
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(f.body); err != nil {
			return nil, err
		}
	}
	err = z.Close()
	return out.Bytes(), err
}

// sheetsOf is what is easy to read as paper has it.
func sheetsOf(easy Kept) paper.Holdings {
	out := paper.Holdings{Name: easy.Name, Made: easy.Made}
	for _, h := range easy.Holding {
		out.Tables = append(out.Tables, paper.HeldTable{Title: h.Label, Columns: h.Columns, Rows: h.Rows})
	}
	return out
}

// columnWords says in Vietnamese what the columns that people ask about mean;
// the others stand in the file for programs only.
var columnWords = map[string]string{
	"full_name": "Họ và tên", "birth_date": "Ngày sinh", "gender": "Giới tính", "ministry_code": "Mã định danh học sinh",
	"created_at": "Tạo lúc", "updated_at": "Sửa lúc", "username": "Tên đăng nhập", "display_name": "Tên hiển thị", "state": "Trạng thái",
	"school_year": "Năm học", "from_date": "Từ ngày", "to_date": "Đến ngày", "school_code": "Số thứ tự ở trường", "role": "Vai trò",
	"course_key": "Khóa học", "lesson_key": "Bài học", "score": "Điểm (phần vạn)", "passed": "Đạt (1) hay chưa (0)", "started_at": "Bắt đầu lúc",
	"submitted_at": "Nộp lúc", "response": "Câu trả lời", "saved_at": "Lưu lúc", "slot": "Câu số", "seq": "Số thứ tự", "done_at": "Xong lúc",
	"answered_at": "Trả lời lúc", "given": "Câu trả lời", "skill": "Kỹ năng", "passed_at": "Đạt lúc", "code": "Mã", "holder_name": "Tên trên giấy",
	"school_name": "Trường", "class_name": "Lớp", "issued_at": "Cấp lúc", "relation": "Quan hệ", "reason": "Lý do", "claimed_at": "Khai lúc",
	"decided_at": "Quyết định lúc", "decided_name": "Người quyết định", "kind": "Loại", "party": "Bên đồng ý", "act": "Việc", "on_date": "Ngày",
	"recorded_name": "Người ghi", "recorded_at": "Ghi lúc", "at": "Lúc", "day": "Ngày", "made_at": "Tạo lúc", "format": "Định dạng",
	"row_count": "Số dòng", "issued_to": "Cấp cho", "expires_at": "Hết hạn lúc", "joined_at": "Vào lúc", "finished_at": "Xong lúc", "mode": "Cách chơi",
	"extra_percent": "Thêm thời gian (%)", "read_aloud": "Đọc thành tiếng", "note": "Ghi chú", "channel": "Bằng cách nào", "asked_by": "Người yêu cầu",
	"filed_at": "Gửi lúc", "due_at": "Hạn trả lời", "closed_at": "Trả lời lúc", "field": "Mục", "old_value": "Trước", "new_value": "Sau",
	"changed_at": "Sửa lúc", "detail": "Chi tiết", "kinship": "Người thân", "confirmed_at": "Xác nhận lúc", "locale": "Ngôn ngữ",
}
