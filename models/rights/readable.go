package rights

import (
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// named are the columns of ids behind which the page to read puts a name.
var namedColumns = map[string]string{"school_id": "Trường", "class_id": "Lớp", "household_id": "Hộ", "from_school": "Trường cũ", "to_school": "Trường mới"}

// codeWords says in Vietnamese what some stored codes mean.
var codeWords = map[string]string{
	"male": "Nam", "female": "Nữ", "active": "đang dùng", "disabled": "đã đóng", "resting": "tạm nghỉ", "student": "học sinh",
	"confirmed": "đã xác nhận", "claimed": "chờ xác nhận", "rejected": "bị từ chối", "ended": "đã kết thúc", "valid": "có hiệu lực", "revoked": "đã thu hồi",
	"open": "đang mở", "submitted": "đã nộp", "closed": "đã khép", "grant": "đồng ý", "withdraw": "rút lại", "child": "con", "guardian": "người giám hộ",
	"area_names": "nêu tên trong địa bàn", "public_page": "tên trên trang kiểm tra giấy", "help_neighbours": "giúp hàng xóm",
	"paper": "phiếu giấy", "in_person": "nói trực tiếp", "phone": "điện thoại", "account": "tài khoản", "mother": "mẹ", "father": "cha", "grandparent": "ông bà",
	"access": "xem dữ liệu", "correction": "đính chính", "deletion": "xóa", "restriction": "hạn chế", "self": "chính mình", "filed": "đã gửi", "taken": "đang làm",
	"done": "đã xong", "refused": "đã từ chối", "lifted": "đã gỡ", "issued": "cấp", "reinstated": "khôi phục", "pin": "bốn chữ số", "pictures": "hình",
	"public_services": "Dịch vụ công", "online_shopping": "Mua sắm trực tuyến", "online_payment": "Thanh toán số", "self_protection": "Tự bảo vệ", "local_platforms": "Nền tảng địa phương",
}

// readable keeps what a person can read of the rows: columns with a word in
// Vietnamese, names in place of ids, days and times as people here write them.
// The file for programs beside it has everything.
func readable(tx *gorm.DB, k Kept) (Kept, error) {
	called, err := calledIn(tx, k.Holding)
	if err != nil {
		return k, err
	}
	list := make([]store.HeldRows, 0, len(k.Holding))
	for _, h := range k.Holding {
		out := store.HeldRows{Table: h.Table, Label: h.Label, Columns: []string{}, Rows: make([][]string, len(h.Rows))}
		for i, c := range h.Columns {
			word, ok := columnWords[c]
			if name, isID := namedColumns[c]; isID {
				word, ok = name, true
			}
			if !ok || !slices.ContainsFunc(h.Rows, func(r []string) bool { return r[i] != "" }) {
				continue
			}
			out.Columns = append(out.Columns, word)
			for j, r := range h.Rows {
				out.Rows[j] = append(out.Rows[j], spell(r[i], called))
			}
		}
		list = append(list, out)
	}
	k.Holding = list
	return k, nil
}

// calledIn reads the names behind the ids of the rows.
func calledIn(tx *gorm.DB, holding []store.HeldRows) (map[models.ID]string, error) {
	var ids []models.ID
	for _, h := range holding {
		for i, c := range h.Columns {
			if _, ok := namedColumns[c]; !ok {
				continue
			}
			for _, r := range h.Rows {
				if id, err := models.ParseID(r[i]); err == nil {
					ids = append(ids, id)
				}
			}
		}
	}
	return callAll(tx, models.Reach{}, "", nil, nil, nil, present(ids))
}

// spell writes one value for a reader.
func spell(value string, called map[models.ID]string) string {
	if id, err := models.ParseID(value); err == nil {
		return called[id]
	}
	if t, err := time.Parse(time.RFC3339, value); err == nil {
		return t.In(models.VietNam()).Format("02/01/2006 15:04")
	}
	if value == models.Forever {
		return "đến nay"
	}
	if t, err := time.Parse(time.DateOnly, value); err == nil {
		return t.Format("02/01/2006")
	}
	if word, ok := codeWords[strings.TrimSpace(value)]; ok {
		return word
	}
	return value
}
