//! What lists, groups and trends are narrowed by: the same parameters with the same meaning.

use crate::fingerprint::GroupId;
use crate::service::refusal::{Class, Refusal};
use crate::store::GroupState;

/// A query's type with the parameters that all of them share, and its filter.
///
/// A macro and no flattened struct: flattening would let unknown parameters pass.
macro_rules! narrowed_query {
    ($(#[$about:meta])* $name:ident { $($own:tt)* }) => {
        $(#[$about])*
        #[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
        #[serde(deny_unknown_fields)]
        #[into_params(parameter_in = Query)]
        pub(super) struct $name {
            /// Only this code.
            #[serde(default)]
            code: Option<String>,
            /// Only this family.
            #[serde(default)]
            family: Option<String>,
            /// Only this cause.
            #[serde(default)]
            cause: Option<String>,
            /// Only this project, by id or name.
            #[serde(default)]
            project: Option<String>,
            /// Only `explained` or `unexplained`.
            #[serde(default)]
            status: Option<String>,
            /// Only where the group is `new`, `confirmed`, `fixed` or `regressed`.
            #[serde(default)]
            state: Option<String>,
            $($own)*
        }

        impl $name {
            /// Takes out what groups are narrowed by.
            fn filter(
                &mut self,
            ) -> Result<crate::store::GroupFilter, crate::service::refusal::Refusal> {
                use $crate::http::narrow::{some, state_of};
                Ok(crate::store::GroupFilter {
                    code: some(self.code.take()),
                    family: some(self.family.take()),
                    cause: some(self.cause.take()),
                    project: some(self.project.take()),
                    status: some(self.status.take()),
                    state: state_of(self.state.as_deref())?,
                })
            }
        }
    };
}
pub(super) use narrowed_query;

/// A parameter that means nothing.
pub(super) fn bad_query(detail: &'static str) -> Refusal {
    Refusal::new(Class::Malformed, "bad_query", detail)
}

/// An empty parameter is none.
pub(super) fn some(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

/// The group that a path or a parameter names.
pub(super) fn group_id(text: &str) -> Result<GroupId, Refusal> {
    GroupId::parse(text).ok_or_else(|| Refusal::missing("group"))
}

/// The state that a parameter names.
pub(super) fn state_of(text: Option<&str>) -> Result<Option<GroupState>, Refusal> {
    match text.filter(|text| !text.is_empty()) {
        None => Ok(None),
        Some(text) => GroupState::parse(text)
            .map(Some)
            .ok_or_else(|| bad_query("state is new, confirmed, fixed or regressed")),
    }
}
