package school

import "nhaso/models/store"

// Held lists what this room keeps about a person.
func Held() []store.Holding {
	return []store.Holding{
		{Table: "school_leavings", Where: "person_id = ?", Label: "Thôi học ở trường", Fate: store.FateKept, Why: "sĩ số của trường, không có tên"},
		{Table: "school_rollover_moves", Where: "person_id = ?", Label: "Lên lớp", Fate: store.FateKept, Why: "hoàn tác của cả trường, không có tên"},
		{Table: "school_transfers", Where: "person_id = ?", Label: "Chuyển trường", Hide: []string{"code"}, Fate: store.FateBlanked,
			Blank: "typed_name = '', typed_birth = '', typed_code = ''", Why: "hồ sơ của hai trường, không có tên"},
	}
}
