package people

import "nhaso/models/store"

const ofAccount = "account_id IN (SELECT id FROM accounts WHERE person_id = ?)"

// Held lists what this room keeps about a person, children before parents.
func Held() []store.Holding {
	return []store.Holding{
		{Table: "recovery_codes", Where: ofAccount, Label: "Mã khôi phục đăng nhập", Hide: []string{"code_hash"}, Fate: store.FateErased},
		{Table: "refresh_tokens", Where: ofAccount, Label: "Các lần đăng nhập", Hide: []string{"token_hash"}, Fate: store.FateErased},
		{Table: "account_grants", Where: ofAccount, Label: "Vai trò của tài khoản", Fate: store.FateErased},
		{Table: "class_secrets", Where: "person_id = ?", Label: "Thẻ đăng nhập", Hide: []string{"secret_hash"}, Fate: store.FateErased},
		{Table: "adult_invites", Where: "person_id = ?", Label: "Mã mời người lớn của hộ", Hide: []string{"code_hash"}, Fate: store.FateKept, Why: "lời mời thuộc về hộ, không có tên"},
		{Table: "adult_learners", Where: "person_id = ?", Label: "Người lớn học cùng", Fate: store.FateErased},
		{Table: "accounts", Where: "person_id = ?", Label: "Tài khoản", Hide: []string{"secret_hash", "totp_secret", "totp_pending", "totp_last_step"}, Fate: store.FateErased},
		{Table: "roster_imports", Where: "school_id IN (SELECT school_id FROM enrolments WHERE person_id = ?)", Label: "Bản hoàn tác danh sách", Apart: true,
			Fate: store.FateBlanked, Blank: "undo_doc = NULL, kept_doc = NULL", Why: "số liệu của lần nhập, không có tên"},
		{Table: "enrolments", Where: "person_id = ?", Label: "Trường, lớp đã học", Fate: store.FateBlanked,
			Blank: "school_code = NULL, live = NULL, to_date = CASE WHEN to_date > {today} THEN {today} ELSE to_date END", Why: "sĩ số của lớp, không có tên"},
		{Table: "persons", Where: "id = ?", Label: "Họ tên, ngày sinh", Hide: []string{"name_fold", "sort_key"}, Fate: store.FateBlanked,
			Blank: "full_name = '(đã xoá)', name_fold = '(da xoa)', sort_key = '', birth_date = NULL, gender = NULL, ministry_code = NULL",
			Why:   "dòng không tên mà giấy xác nhận và số liệu hộ dựa vào"},
	}
}
