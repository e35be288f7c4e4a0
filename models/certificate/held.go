package certificate

import "nhaso/models/store"

// Held lists what this room keeps about a person. Names come off certificates
// under a stub, see Stub: the proof of a household's number stays.
func Held() []store.Holding {
	return []store.Holding{
		{Table: "skill_passes", Where: "person_id = ?", Label: "Kỹ năng đã đạt", Fate: store.FateKept, Why: "bằng chứng của số liệu hộ gia đình"},
		{Table: "certificate_events", Where: "certificate_id IN (SELECT id FROM certificates WHERE person_id = ?)", Label: "Lịch sử giấy xác nhận",
			Fate: store.FateKept, Why: "chuỗi mã băm của giấy xác nhận"},
		{Table: "certificates", Where: "person_id = ?", Label: "Giấy xác nhận hoàn thành", Hide: []string{"holder_fold"}, Fate: store.FateBlanked,
			Blank: "holder_name = '', holder_fold = '', class_name = ''", Why: "bằng chứng của số liệu hộ gia đình; không còn tên"},
		{Table: "proof_stubs", Where: "person_id = ?", Label: "Dấu vết bằng chứng sau khi xóa chi tiết", Fate: store.FateKept, Why: "thay cho bài làm đã xóa"},
	}
}
