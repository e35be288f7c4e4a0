package consent

import "nhaso/models/store"

// Held lists what this room keeps about a person. What was agreed to stays on
// record: whoever named a pupil must be able to show why.
func Held() []store.Holding {
	return []store.Holding{
		{Table: "consent_events", Where: "person_id = ?", Label: "Các lần đồng ý và rút lại", Fate: store.FateKept, Why: "chứng minh đã được đồng ý"},
		{Table: "consent_states", Where: "person_id = ?", Label: "Trạng thái đồng ý", Fate: store.FateKept, Why: "tổng của các lần đồng ý"},
		{Table: "consent_codes", Where: "person_id = ?", Label: "Mã phiếu đồng ý", Fate: store.FateErased},
		{Table: "person_restrictions", Where: "person_id = ?", Label: "Hạn chế xử lý", Fate: store.FateKept, Why: "giữ cho tên không hiện lại"},
	}
}
